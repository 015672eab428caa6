package book

var planColumns = []column{
	{field: "id", heading: "计划编号", kind: token, locked: true, required: true, rule: "小写字母、数字和连字符；所有报送都以它为标识，不修改"},
	{field: "title", heading: "标题", required: true, rule: "计划的名称"},
	{field: "jurisdiction", heading: "地区", required: true, rule: "省市区全称"},
	{field: "start", heading: "计划起日", kind: day, required: true, rule: "计划期的第一天"},
	{field: "end", heading: "计划止日", kind: day, required: true, rule: "计划期的最后一天，晚于计划起日"},
	{field: "source.file", heading: "原文文件", locked: true, required: true, rule: "与台账放在同一文件夹的文本文件"},
	{field: "source.sha256", heading: "原文校验值", locked: true, required: true, rule: "原文文件的 SHA-256；原文改动一个字也会不同"},
	{field: "source.title", heading: "原文名称", required: true, rule: "报告的名称和节选范围"},
	{field: "note", heading: "说明", required: true, rule: "哪些是推断的、哪些由谁拟定"},
}

var departmentColumns = []column{
	{field: "id", heading: "单位编号", width: 20, kind: token, locked: true, required: true, rule: "小写字母、数字和连字符，不与其他单位重复；用于报送权限，登记后不修改"},
	{field: "name", heading: "单位名称", width: 34, required: true, rule: "规范简称"},
	{field: "name_en", heading: "英文名称", width: 60, required: true, rule: "英文全称"},
}

var commitmentColumns = []column{
	{field: "id", heading: "任务编号", width: 24, kind: token, locked: true, required: true, rule: "小写字母、数字和连字符，不重复；报送以它为标识，不修改"},
	{field: "title", heading: "任务", width: 32, required: true, rule: "简短标题"},
	{field: "title_en", heading: "英文名称", width: 28, required: true, rule: "英文标题"},
	{field: "section", heading: "章节", width: 22, locked: true, rule: "所在部分的标题，照录原文"},
	{field: "paragraph", heading: "段落", width: 18, locked: true, rule: "所在段落的开头，照录原文"},
	{field: "quote", heading: "原文", width: 40, locked: true, required: true, rule: "照录原文，一字不改，含标点"},
	{field: "quote_offset", heading: "原文位置\n（从0起）", width: 10, kind: integer, locked: true, required: true, rule: "原文在全文中的位置，按字符数，从 0 计；各任务按原文顺序"},
	{field: "done", heading: "完成标志", width: 19, kind: choice, words: doneWords, required: true, rule: "原文动词的含义：启动、完成、投用、举办、达到；建设、推动、筹建等不承诺年内完成的选“推进”"},
	{field: "lead_department", heading: "牵头单位", width: 20, kind: reference, of: departmentSheet, required: true, rule: "从下拉列表选择；新单位先在单位表登记"},
	{field: "supporting_departments", heading: "配合单位", width: 26, kind: references, of: departmentSheet, rule: "每行一个，名称或编号均可；不含牵头单位，不重复"},
}

var measureColumns = []column{
	{field: "id", heading: "指标编号", width: 30, kind: token, locked: true, required: true, rule: "小写字母、数字和连字符，全计划不重复；报送以它为标识，不修改"},
	{field: "title", heading: "指标", width: 22, required: true, rule: "所计数的内容"},
	{field: "title_en", heading: "英文名称", width: 22, required: true, rule: "英文标题"},
	{field: "commitment", heading: "所属任务", width: 26, kind: reference, of: commitmentSheet, locked: true, required: true, rule: "任务表中的一项"},
	{field: "numeral_text", heading: "原文数字", width: 9, locked: true, rule: "照录原文的数字（84.7万、20%、全覆盖）；里程碑为空"},
	{field: "numeral_offset", heading: "数字位置\n（从0起）", width: 9, kind: integer, locked: true, rule: "数字在全文中的位置，按字符数，从 0 计"},
	{field: "target_value", heading: "目标值", width: 11, kind: number, required: true, rule: "原文数字换算成基本单位后的准确值：84.7万平方米写 847000，80% 写 80；里程碑写阶段数"},
	{field: "unit", heading: "单位", width: 9, required: true, rule: "基本单位：平方米、个、户、%；不写万平方米或 m²；里程碑写“个阶段”"},
	{field: "comparator", heading: "目标表述", width: 9, kind: choice, words: comparatorWords, required: true, rule: "原文写“以上”等的选以上，其余照原文"},
	{field: "mode", heading: "报送方式", width: 10, kind: choice, words: modeWords, required: true, rule: "本次新增：逐次相加；累计：报自年初累计；水平值：比率、强度等，不相加"},
	{field: "direction", heading: "方向", width: 7, kind: choice, words: directionWords, required: true, rule: "只有水平值可以下降"},
	{field: "min_value", heading: "下限", width: 9, kind: number, rule: "可报的最小值，空为 0"},
	{field: "max_value", heading: "上限", width: 9, kind: number, rule: "可报的最大值，空为不限"},
	{field: "baseline_value", heading: "基期值", width: 9, kind: number, rule: "水平值的起点；原文未给出的留空，按未知处理，不推测"},
	{field: "ratio.numerator", heading: "比率分子", width: 14, rule: "比率的分子是什么；不是比率的，比率各栏均为空"},
	{field: "ratio.denominator", heading: "比率分母", width: 14, rule: "比率的分母是什么"},
	{field: "ratio.per", heading: "比率基数", width: 8, kind: number, rule: "百分率写 100，每千人写 1000"},
	{field: "ratio.per_text", heading: "基数原文", width: 8, locked: true, rule: "原文对基数的用字（千）；原文没有的为空"},
	{field: "ratio.per_offset", heading: "基数位置\n（从0起）", width: 9, kind: integer, locked: true, rule: "该字在全文中的位置"},
	{field: "ratio.denominator_value", heading: "分母值", width: 10, kind: number, rule: "原文未给出的留空，由主管部门提供"},
	{field: "itemised", heading: "逐项报送", width: 7, kind: choice, words: yesNoWords, rule: "是：每次报送指明项目，0 为未完成，1 为已完成"},
	{field: "items_open", heading: "清单开放", width: 8, kind: choice, words: yesNoWords, rule: "原文写“等”的为是"},
	{field: "definition", heading: "口径", width: 44, required: true, rule: "什么计入、什么不计入、以什么为准"},
	{field: "reporting_department", heading: "报送单位", width: 20, kind: reference, of: departmentSheet, rule: "以哪个单位的数为准；空为牵头单位"},
	{field: "reporting_interval_days", heading: "报送周期\n（天）", width: 9, kind: integer, required: true, rule: "1 至 92 天"},
	{field: "due_date", heading: "完成时限", width: 12, kind: day, required: true, rule: "计划期内的日期，当日 24 时为限"},
	{field: "evidence_required", heading: "须附佐证", width: 7, kind: choice, words: yesNoWords, rule: "是：没有佐证材料的报送标为未核实"},
	{field: "curve.kind", heading: "计划曲线", width: 9, kind: choice, words: curveWords, rule: "按日均匀、季节性：填起止日期；分步、按水平值、分阶段（里程碑）：节点填在节点表；逐项：有日期的项目填在节点表，其余在起止日期之间均摊"},
	{field: "curve.start", heading: "曲线开始", width: 12, kind: day, rule: "按日均匀、季节性须填；逐项在有项目没有日期时须填"},
	{field: "curve.end", heading: "曲线结束", width: 12, kind: day, rule: "不早于开始，不晚于完成时限"},
}

var itemColumns = []column{
	{field: "measure", heading: "指标", width: 46, kind: reference, of: measureSheet, locked: true, required: true, rule: "指标表中逐项报送的一项"},
	{field: "id", heading: "项目编号", width: 32, kind: token, locked: true, required: true, rule: "小写字母、数字和连字符，同一指标内不重复；报送以它为标识，不修改"},
	{field: "name", heading: "项目名称", width: 46, required: true, rule: "照录原文的名称"},
}

var pointColumns = []column{
	{field: "measure", heading: "指标", width: 60, kind: reference, of: measureSheet, locked: true, required: true, rule: "指标表中的一项"},
	{field: "point", heading: "节点类型", width: 12, kind: choice, words: pointWords, locked: true, required: true, rule: "随计划曲线：分步为累计份额，逐项为项目时限，按水平值为水平值，分阶段为阶段；季节性可用累计份额或水平值"},
	{field: "by", heading: "日期", width: 13, kind: day, required: true, rule: "当日 24 时为限；按先后排列，不晚于完成时限"},
	{field: "share", heading: "累计份额\n（%）", width: 10, kind: number, rule: "类型为累计份额时填：到该日应完成目标的百分之几，逐步递增，最后为 100"},
	{field: "item", heading: "项目编号", width: 26, kind: token, rule: "类型为项目时限时填：项目表中的编号"},
	{field: "value", heading: "水平值", width: 10, kind: number, rule: "类型为水平值时填：到该日应达到的值，最后为目标值"},
	{field: "stage", heading: "阶段编号", width: 22, kind: token, rule: "类型为阶段时填：小写字母、数字和连字符；报送以它为标识"},
	{field: "name", heading: "阶段名称", width: 34, rule: "类型为阶段时填：该阶段做完了什么"},
	{field: "weight", heading: "权重\n（%）", width: 9, kind: number, rule: "类型为阶段时填：同一里程碑各阶段合计 100"},
}

var thresholdColumns = []column{
	{field: "measure", heading: "指标", width: 46, kind: reference, of: measureSheet, rule: "只适用于一个指标时填写；空为整个计划"},
	{field: "threshold", heading: "门槛", width: 46, kind: choice, words: thresholdWords, required: true, rule: "从下拉列表选择；没有写到的用默认值，指标没有写到的随计划"},
	{field: "value", heading: "数值", width: 10, kind: integer, required: true, rule: "整数，单位见门槛名称；改动须有批准人和理由"},
}

var statementColumns = []column{
	{field: "kind", heading: "类型", width: 13, kind: choice, words: statementWords, required: true, rule: "方向性表述：没有数字，也没有可判定完成与否的状态"},
	{field: "quote", heading: "原文", width: 90, locked: true, required: true, rule: "照录原文，覆盖完整分句"},
	{field: "quote_offset", heading: "原文位置\n（从0起）", width: 11, kind: integer, locked: true, required: true, rule: "按字符数，从 0 计"},
	{field: "reason", heading: "理由", width: 60, required: true, rule: "为什么不作为任务"},
}

var numeralColumns = []column{
	{field: "numeral_text", heading: "原文数字", width: 14, locked: true, required: true, rule: "照录原文的整个数字"},
	{field: "numeral_offset", heading: "数字位置\n（从0起）", width: 11, kind: integer, locked: true, rule: "按字符数，从 0 计"},
	{field: "reason", heading: "理由", width: 80, required: true, rule: "为什么不是目标值"},
}

var assignedColumns = []column{
	{field: "commitment", heading: "任务", width: 36, kind: reference, of: commitmentSheet, rule: "只适用于一项任务时填写"},
	{field: "measure", heading: "指标", width: 36, kind: reference, of: measureSheet, rule: "只适用于一个指标时填写；任务和指标至多填一栏"},
	{field: "fields", heading: "内容", width: 44, kind: fieldNames, required: true, rule: "每行一个字段名；适用于整个计划时带对象名，如 measure.curve"},
	{field: "assigned_by", heading: "拟定人", width: 26, required: true, rule: "谁拟定的，是否经过确认"},
	{field: "confidence", heading: "把握", width: 11, kind: choice, words: confidenceWords, required: true, rule: "有依据：由原文或公开规定得出；较有把握：通常做法；推测：须有人确认"},
	{field: "basis", heading: "依据", width: 60, required: true, rule: "根据什么拟定"},
}
