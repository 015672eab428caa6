package simulator

import (
	"math/rand/v2"
	"slices"

	"xushi/seeds"
)

// story is how one measure fares in the year. Its corners are in shares of the plan that have passed:
// 0.5 is the middle of the year.
type story struct {
	factor   []point    // real ÷ expected progress
	late     [2]float64 // days by which messages arrive late, at least and at most; zero: within a day
	silent   [2]float64 // nothing is reported between the two
	disputed bool       // a supporting department counts less
	problem  string     // 存在问题 and
	nextStep string     // 下一步措施; absent: there is nothing to explain
	autumn   [2]string  // both from autumn on; absent: the usual ones
}

var (
	onTrack    = story{factor: []point{{0, 1.02}}}
	ahead      = story{factor: []point{{0, 1.32}}}
	finished   = story{factor: []point{{0, 1.6}, {0.25, 2}, {0.45, 3}}} // done by the middle of the year
	slow       = story{factor: []point{{0, 0.74}, {0.6, 0.75}, {1, 0.97}}, problem: slowProblem, nextStep: slowNextStep}
	failing    = story{factor: []point{{0, 0.52}, {0.5, 0.56}, {0.75, 0.68}, {1, 0.86}}, problem: failingProblem, nextStep: failingNextStep}
	recovering = story{factor: []point{{0, 0.4}, {0.33, 0.45}, {0.47, 1.02}}, problem: slowProblem, nextStep: slowNextStep}
	slipping   = story{factor: []point{{0, 1}, {0.4, 0.95}, {0.5, 0.65}, {1, 0.95}}, problem: slowProblem, nextStep: slowNextStep}
	reportLate = story{factor: []point{{0, 1.02}}, late: [2]float64{5, 13}}
	goneQuiet  = story{factor: []point{{0, 1.02}}, silent: [2]float64{0.415, 0.61}}
	quietInMay = story{factor: []point{{0, 1.02}}, silent: [2]float64{0.36, 0.6}}
	unheardOf  = story{factor: []point{{0, 0.9}, {0.6, 1}}, silent: [2]float64{0, 0.56}}
	doubted    = story{factor: []point{{0, 1.04}}, disputed: true}
)

const (
	slowProblem     = "部分点位前期手续办理偏慢，施工力量不足，现场推进低于计划。"
	slowNextStep    = "已倒排工期，每周调度一次；增派施工班组，力争下季度末追平序时进度。"
	failingProblem  = "前期工作滞后，关键手续未完成，大部分任务尚未具备实施条件。"
	failingNextStep = "由分管领导牵头成立专班，逐项明确责任人和完成时限，必要时提请区政府协调。"
	autumnProblem   = "前期欠账较多，剩余工作集中在年底前，推进仍低于计划。"
	autumnNextStep  = "逐项倒排剩余工作，每周调度，力争年底前完成；确实不能完成的，按程序申请延期。"

	// What was promised for the summer is not promised again after this share of the plan has passed.
	autumnBegins = 0.66
)

// The default story is that of this plan and seed; any other draws one for each measure.
const (
	defaultPlan = "hongqiao-2024"
	defaultSeed = 1
)

// cast is the default story: of what is counted, and then of milestones. Whoever has no part in it is on
// track.
var cast = map[string]story{
	"new-construction-floor-area": failing.until(point{0.75, 0.68}, point{0.9, 0.95}, point{1, 1.01}).because(
		"两宗储备地块征收收尾和土地出让较原计划延后约两个月，施工许可证尚未核发，涉及建筑面积约25万平方米；实际开工以小体量项目为主，个数达到序时而面积明显不足。",
		"对未开工地块实行“一地块一专班”，7月底前完成征收扫尾，8月底前完成土地出让，同步预审施工图，力争三季度末核发施工许可证。").inAutumn(
		"土地出让8月底完成，施工许可证集中在四季度核发，前期欠账较多，面积仍明显不足。",
		"对剩余地块逐个倒排开工日期，施工许可证随审随发，四季度集中开工，年底前补齐面积。"),
	"project-completion-projects":    slow,
	"zero-waste-cells":               slow.because("部分单位创建材料不齐，两批评估合并进行，认定时间推迟。", "对已申报单位逐家辅导，7月集中评估一批，9月底前追平序时进度。"),
	"waterlogging-areas":             slow.because("团结路片区地下管线迁改方案反复，沟槽开挖晚于计划，未能在汛前完工。", "管线权属单位驻场会商，夜间错峰施工，力争7月下旬完工；汛期加派移动泵车值守。"),
	"municipal-infrastructure-works": recovering,
	"sewer-misconnection-points":     ahead,
	"project-completion-floor-area":  ahead,
	"fitness-sites-renewed":          finished,
	"new-green-area":                 goneQuiet,
	"education-reform-projects":      unheardOf,
	"childcare-places-per-thousand":  reportLate,
	"housing-support-households":     reportLate,
	"art-troupe-performances":        doubted,

	"tcm-doctors-hall-built":       failing.because("选定用房的权属变更和消防改造方案尚未获批，改造一直未能开工。", "会同区住房建设委7月15日前明确消防改造方案；仍不能确定的，启用备选用房，8月开工，年内建成。"),
	"dahutong-clearance-steps":     slow.because("商户对安置方式分歧较大，补偿方案论证会两次改期，未能按期公布。", "7月10日前召开第二次论证会，7月底前公布补偿方案；街道逐户沟通商户诉求。"),
	"minzu-primary-building-steps": slipping.because("施工图审查两次补正，招标控制价复核超期，招标公告推迟发布。", "7月上旬发布招标公告，同步办理施工许可前置手续，力争8月上旬开工。"),
	"sanzhong-primary-built":       slow.because("雨天影响外立面和室外管网施工，主要工程比计划略有延后。", "增派班组，7月10日前完成主要工程，不影响8月中旬竣工验收。"),
	"hexi-kindergarten-opened":     recovering,
	"yaohua-junior-started":        quietInMay,
	"medical-enrolment-completed":  doubted,
	"peach-wharf-steps":            reportLate,
	"relics-survey-steps":          ahead,
}

// until gives the story another end, from the first of the points on.
func (s story) until(end ...point) story {
	begins := slices.IndexFunc(s.factor, func(p point) bool { return p.x >= end[0].x })
	s.factor = slices.Concat(s.factor[:begins], end)
	return s
}

// because gives the story its own explanation.
func (s story) because(problem, nextStep string) story {
	s.problem, s.nextStep = problem, nextStep
	return s
}

// inAutumn gives the story another explanation from autumn on.
func (s story) inAutumn(problem, nextStep string) story {
	s.autumn = [2]string{problem, nextStep}
	return s
}

// explanation is what is said once a share of the plan has passed.
func (s story) explanation(passed float64) (problem, nextStep string) {
	switch {
	case passed < autumnBegins:
		return s.problem, s.nextStep
	case s.autumn != [2]string{}:
		return s.autumn[0], s.autumn[1]
	}
	return autumnProblem, autumnNextStep
}

// odds are those of a measure without a part; most are on track.
var odds = []struct {
	weight int
	story  story
}{
	{9, onTrack}, {3, ahead}, {1, finished}, {3, slow}, {1, failing}, {2, recovering}, {2, reportLate}, {1, goneQuiet}, {1, unheardOf}, {1, doubted},
}

func storyOf(plan *seeds.Plan, m *seeds.Measure, seed int64, rng *rand.Rand) story {
	if plan.ID != defaultPlan || seed != defaultSeed {
		return draw(rng)
	}
	if s, ok := cast[m.ID]; ok {
		return s
	}
	return onTrack
}

func draw(rng *rand.Rand) story {
	total := 0
	for _, o := range odds {
		total += o.weight
	}
	n := rng.IntN(total)
	for _, o := range odds {
		if n < o.weight {
			return o.story
		}
		n -= o.weight
	}
	return onTrack
}
