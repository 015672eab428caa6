package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Headers of ours and of CloudEvents' NATS binding.
const (
	ContentTypeHeader = "Content-Type"
	ReceivedAtHeader  = "Xushi-Received-At" // RFC 3339; only from SimulatorSource
	VerdictToHeader   = "Xushi-Verdict-To"  // an inbox that wants to hear the verdict
	ReplaysHeader     = "Xushi-Replays"     // position of the refused event that this message sends once more

	StructuredContent = "application/cloudevents+json"
	BatchContent      = "application/cloudevents-batch+json"
	JSONContent       = "application/json"
)

// Message is one message of the PROGRESS stream.
type Message struct {
	Subject   string
	Header    map[string][]string
	Body      []byte // must not change: the strings of its events share its memory
	Sequence  uint64
	Timestamp time.Time // JetStream's, stable under replay

	opened  Opened   // what each is given
	batch   []Opened // the same for a batch
	headers headers
	replays Position // of ReplaysHeader
	reader  plainReader
}

// Opened is one event of a message, or the reason why it is none.
type Opened struct {
	Record    Record // Quantity and its parts are still to be converted by the ledger
	Rejection *Rejection
	Raw       []byte // the event's own bytes

	written written
}

// Policy is what a configuration decides about admission.
type Policy struct {
	AllowSimulation bool // accept events of SimulatorSource, and their Xushi-Received-At
}

// Open decodes a message in whichever of CloudEvents' three modes it is, checks the form of each of
// its events, and hands them to each in order. Whatever does not depend on a ledger is decided here.
// What each is given is the message's own, and good until each returns; its strings are good for ever.
func (p Policy) Open(m *Message, each func(*Opened)) {
	m.headers = readHeaders(m.Header)
	m.replays = m.headers.replays()
	m.reader.forget()
	mode := m.headers[contentTypeHeader]
	if mode != StructuredContent && mode != BatchContent {
		mode, _, _ = strings.Cut(mode, ";")
		mode = strings.TrimSpace(mode)
	}
	switch mode {
	case BatchContent:
		p.openBatch(m, each)
	case StructuredContent:
		p.openOne(m, nil, each)
	case "", JSONContent:
		if m.headers[specVersionHeader] != "" {
			p.openOne(m, m.headers.attributes(), each)
			return
		}
		p.openOne(m, nil, each)
	default:
		o := m.next(m.Body, 0)
		o.Rejection = oversized(len(m.Body), MaxEventBytes, "消息")
		if o.Rejection == nil {
			o.Rejection = Refuse(UnsupportedContent, ContentTypeHeader,
				fmt.Sprintf("不支持的内容类型 %q，请使用 %s、%s，或带 ce- 标头的 %s。", clip(mode), StructuredContent, BatchContent, JSONContent))
		}
		each(o)
	}
}

// next begins the index-th event of the message.
func (m *Message) next(raw []byte, index int) *Opened {
	m.opened = Opened{Raw: raw}
	m.opened.Record.Position, m.opened.Record.Replays = At(m.Sequence, index), m.replays
	return &m.opened
}

// openOne opens a message that is one event; attributes are those of the binary mode's headers.
func (p Policy) openOne(m *Message, attributes *envelope, each func(*Opened)) {
	o := m.next(m.Body, 0)
	o.Rejection = oversized(len(m.Body), MaxEventBytes, "单个事件")
	if o.Rejection == nil {
		o.Rejection = o.read(&m.reader, attributes)
	}
	if o.Rejection == nil {
		o.Rejection = p.judge(o, m, o.Record.Data.Commitment)
	}
	each(o)
}

// openBatch opens the elements of a batch. A batch that is no JSON array is refused whole, so nothing is
// given to each before the array's end was seen.
func (p Policy) openBatch(m *Message, each func(*Opened)) {
	if !p.openPlainBatch(m, each) {
		p.openAnyBatch(m, each)
	}
}

// openAnyBatch opens a batch however it is written.
func (p Policy) openAnyBatch(m *Message, each func(*Opened)) {
	elements, rejection := split(m.Body)
	if rejection != nil {
		o := m.next(m.Body, 0)
		o.Rejection = rejection
		each(o)
		return
	}
	for i, raw := range elements {
		o := m.next(raw, i)
		o.Rejection = oversizedElement(raw)
		if o.Rejection == nil {
			o.Rejection = o.read(&m.reader, nil)
		}
		if o.Rejection == nil {
			o.Rejection = p.judge(o, m, BatchToken)
		}
		each(o)
	}
}

// keepBatch is how many events' memory a message keeps for the next one that is opened in it.
const keepBatch = 1 << 10

// openPlainBatch opens a batch of plain events, which are read in one pass; of any other it says false.
func (p Policy) openPlainBatch(m *Message, each func(*Opened)) bool {
	ok := len(m.Body) <= MaxBatchBytes && m.readBatch()
	for i := range m.batch {
		if !ok {
			break
		}
		o := &m.batch[i]
		if o.Rejection = oversizedElement(o.Raw); o.Rejection == nil {
			o.Rejection = p.judge(o, m, BatchToken)
		}
		each(o)
	}
	clear(m.batch) // else it would keep bodies alive
	if m.batch = m.batch[:0]; cap(m.batch) > keepBatch {
		m.batch = nil
	}
	return ok
}

// readBatch reads an array of plain events into m.batch.
func (m *Message) readBatch() bool {
	r := &m.reader
	r.text, r.at = m.Body, 0
	if !r.skip('[') {
		return false
	}
	for len(m.batch) < MaxBatchEvents {
		m.batch = slices.Grow(m.batch, 1)[:len(m.batch)+1] // which is blank: what was used before was cleared
		o := &m.batch[len(m.batch)-1]
		o.Record.Position, o.Record.Replays = At(m.Sequence, len(m.batch)-1), m.replays
		r.space()
		begin := r.at
		if !r.readEvent(&o.Record.Event, &o.written) {
			return false
		}
		o.Raw = m.Body[begin:r.at:r.at]
		if !r.skip(',') {
			return r.skip(']') && r.end()
		}
	}
	return false
}

func oversizedElement(raw []byte) *Rejection {
	return oversized(len(raw), MaxEventBytes, "批次中的单个事件")
}

// split finds a batch's elements leniently, so that one event's duplicate key or broken UTF-8 is its own.
func split(body []byte) ([][]byte, *Rejection) {
	if r := oversized(len(body), MaxBatchBytes, "批次"); r != nil {
		return nil, r
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '[' {
		return nil, Refuse(MalformedJSON, "", "批次必须是一个 JSON 数组，其元素为 CloudEvents 事件。")
	}
	var elements [][]byte
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, explainJSON(err, "")
		}
		if len(elements) == MaxBatchEvents {
			return nil, Refuse(TooManyEvents, "", fmt.Sprintf("一个批次最多 %d 个事件，请拆成几批发送。", MaxBatchEvents))
		}
		end := int(d.InputOffset())
		elements = append(elements, body[end-len(v):end:end])
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, explainJSON(err, "")
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, Refuse(MalformedJSON, "", "JSON 数组之后还有多余的内容，请删去。")
	}
	if len(elements) == 0 {
		return nil, Refuse(MissingField, "", "批次中没有事件。")
	}
	return elements, nil
}

// read reads the event's bytes; attributes are those of the binary mode's headers.
func (o *Opened) read(plain *plainReader, attributes *envelope) *Rejection {
	if attributes == nil && plain.readPlain(o.Raw, &o.Record.Event, &o.written) {
		return nil
	}
	o.Record.Event, o.written = Event{}, written{} // which may hold the beginning
	whole := new(envelope)
	if attributes != nil {
		*whole = *attributes
		if err := json.Unmarshal(o.Raw, &whole.Data, strict); err != nil {
			return explainJSON(err, "data")
		}
	} else if err := json.Unmarshal(o.Raw, whole, strict); err != nil {
		return explainJSON(err, "")
	}
	whole.split(&o.Record.Event, &o.written)
	return nil
}

// judge decides all that does not depend on a ledger about an event that was read, and fills in its record
// but for the quantities. commitment is the one that the subject must name.
func (p Policy) judge(o *Opened, m *Message, commitment string) (rejection *Rejection) {
	r := &o.Record
	if rejection = o.written.complete(&r.Event); rejection != nil {
		return rejection
	}
	if r.ReceivedAt, rejection = p.receivedAt(m, r.Source); rejection != nil {
		return rejection
	}
	if rejection = checkTime(r.Time, r.ReceivedAt); rejection != nil {
		return rejection
	}
	r.ContentHash = r.hash()
	return checkAddress(m.Subject, &r.Event, commitment)
}

func (p Policy) receivedAt(m *Message, source string) (time.Time, *Rejection) {
	text := m.headers[receivedAtHeader]
	switch {
	case source == SimulatorSource && !p.AllowSimulation:
		return time.Time{}, Refuse(SimulationForbidden, "source",
			"这里不接收模拟事件（来源 "+SimulatorSource+"）；真实进展请用本单位系统的来源报送。")
	case text == "":
		return m.Timestamp.UTC(), nil
	case source != SimulatorSource:
		return time.Time{}, Refuse(ReceivedAtForbidden, ReceivedAtHeader,
			"接收时间由系统记录，不得自行填写；请去掉标头 "+ReceivedAtHeader+"。")
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !storable(t) {
		return time.Time{}, Refuse(InvalidTime, ReceivedAtHeader, "模拟接收时间须为带时区的 RFC 3339 时间。")
	}
	return t.UTC(), nil
}

func checkTime(occurred, received time.Time) *Rejection {
	if limit := received.Add(MaxClockSkew); occurred.After(limit) {
		return Refuse(FutureTime, "time", fmt.Sprintf("发生时间 %s 晚于接收时间 %s，请核对本机时钟和时区后重报。",
			occurred.In(Shanghai).Format(time.DateTime), received.In(Shanghai).Format(time.DateTime)))
	}
	return nil
}

// checkAddress holds the subject against the body: the department that may publish there is the one
// the event claims to be from.
func checkAddress(subject string, e *Event, commitment string) *Rejection {
	if isSubject(subject, e.Plan, e.Department, commitment) {
		return nil
	}
	a, ok := ParseAddress(subject)
	if !ok {
		return Refuse(SubjectMismatch, "subject", fmt.Sprintf(
			"主题 %q 不合规范，应为 progress.<计划>.<部门>.<任务>（批次为 progress.<计划>.<部门>.batch）。", clip(subject)))
	}
	for _, c := range [...]struct{ field, subject, body string }{
		{"plan", a.Plan, e.Plan}, {"department", a.Department, e.Department}, {"data.commitment", a.Commitment, commitment},
	} {
		if c.subject != c.body {
			return Refuse(SubjectMismatch, c.field, fmt.Sprintf("主题中为 %q，事件中为 %q，两处必须一致。", c.subject, clip(c.body)))
		}
	}
	return nil
}

var strict = json.JoinOptions(json.RejectUnknownMembers(true))

// explainJSON turns a decoder's error into a reason, a path and words.
func explainJSON(err error, prefix string) *Rejection {
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		path := join(prefix, syntactic.JSONPointer)
		switch {
		case errors.Is(syntactic.Err, jsontext.ErrDuplicateName):
			return Refuse(DuplicateKey, path, fmt.Sprintf("字段 %q 出现了两次，只能写一次。", clip(path)))
		case strings.Contains(syntactic.Err.Error(), "UTF-8"):
			return Refuse(InvalidUTF8, path, "内容不是有效的 UTF-8 编码，请把发送端的编码改为 UTF-8。")
		}
		return Refuse(MalformedJSON, path, fmt.Sprintf("第 %d 字节处不是有效的 JSON（%s）。", syntactic.ByteOffset, syntactic.Err))
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		path := join(prefix, semantic.JSONPointer)
		if errors.Is(semantic.Err, json.ErrUnknownName) {
			return Refuse(UnknownField, path, fmt.Sprintf("没有 %q 这个字段，请核对拼写或删去。", clip(path)))
		}
		return Refuse(WrongType, path, fmt.Sprintf("字段 %q 的类型不对：数值和文字都要加引号写成字符串，例如 \"84.7\"；佐证材料是字符串数组。", clip(path)))
	}
	return Refuse(MalformedJSON, prefix, "不是有效的 JSON："+clip(err.Error()))
}

// join writes a JSON pointer as a field path: /data/value becomes data.value.
func join(prefix string, pointer jsontext.Pointer) string {
	path := prefix
	for token := range pointer.Tokens() {
		if path != "" {
			path += "."
		}
		path += token
	}
	return clip(path)
}

func oversized(size, limit int, what string) *Rejection {
	if size <= limit {
		return nil
	}
	return Refuse(TooLarge, "", fmt.Sprintf("%s为 %d 字节，超过上限 %d 字节；请缩短备注、把附件改为链接，或拆开发送。", what, size, limit))
}

// clip keeps what a sender wrote quotable: a message never repeats more than a line of it.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return strings.ToValidUTF8(s, "�")
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "�") + "…"
}
