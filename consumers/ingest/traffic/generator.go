package traffic

import (
	"cmp"
	"container/heap"
	"math/rand/v2"

	"xushi/schema"
	"xushi/seeds"
)

// Options say how much traffic there is to be, and of which seed.
type Options struct {
	Ledger *seeds.Ledger
	Seed   uint64
	Events int // elements in all, re-sent ones included; a batch counts for as many as it holds
	Far    int // most events that one is held back, or a copy sent after it; default 100,000
}

// What of the whole is how, in percent.
const (
	duplicates = 5 // are sent again, the same bytes or in another mode
	shuffled   = 2 // are held back far
	poisoned   = 1
	batches    = 1 // of messages
)

const (
	mostInBatch = 40
	remembered  = 1000 // events that a correction, a void or a conflict can be of
)

// Generator makes the messages one after another; the same options, the same messages. Beside what is
// held back no more than one is in memory.
type Generator struct {
	ledger *seeds.Ledger
	rng    *rand.Rand
	seed   uint64
	events int
	far    int

	measures     measures
	byDepartment map[string][]*seeds.Measure
	plenty       []string // departments with several measures, in their order

	ids    int
	sent   int
	held   waiting
	inHeld int // elements in held
	recent []recent
}

type recent struct {
	element Element
	measure *seeds.Measure
}

// New makes a generator.
func New(o Options) *Generator {
	if o.Far == 0 {
		o.Far = 100_000
	}
	g := &Generator{
		ledger: o.Ledger, rng: rand.New(rand.NewPCG(o.Seed, 0)), seed: o.Seed, events: o.Events, far: o.Far,
		measures: sort(o.Ledger), byDepartment: map[string][]*seeds.Measure{},
	}
	for _, m := range o.Ledger.Measures() {
		d := m.ReportingDepartment
		if len(g.byDepartment[d]) == 0 {
			g.plenty = append(g.plenty, d)
		}
		g.byDepartment[d] = append(g.byDepartment[d], m)
	}
	return g
}

// Next is the next message; ok is false when there are no more.
func (g *Generator) Next() (m Message, ok bool) {
	for {
		if g.held.Len() > 0 && (g.room() <= 0 || g.held[0].due <= g.sent) {
			m = heap.Pop(&g.held).(later).message
			g.inHeld -= len(m.Elements)
			break
		}
		if g.room() <= 0 {
			return m, false
		}
		m = g.make()
		if g.room() > len(m.Elements) && g.chance(duplicates) {
			g.hold(g.copy(m))
		}
		if g.room() < len(m.Elements)+1 || !g.chance(shuffled) {
			break
		}
		g.hold(m)
		if first := &m.Elements[0]; first.Refused == "" && g.chance(30) {
			m = plain(g.void(&first.Event)) // before what it withdraws
			break
		}
	}
	g.sent += len(m.Elements)
	return m, true
}

// room is how many elements may still be made.
func (g *Generator) room() int { return g.events - g.sent - g.inHeld }

func (g *Generator) hold(m Message) {
	heap.Push(&g.held, later{due: g.sent + 1 + g.rng.IntN(g.far), order: g.ids, message: m})
	g.inHeld += len(m.Elements)
}

// copy is what a sender sends again: mostly the same bytes.
func (g *Generator) copy(m Message) Message {
	if m.Header.Get(schema.ContentTypeHeader) == schema.StructuredContent && m.Elements[0].Refused == "" && g.chance(20) {
		return binary(m)
	}
	return m
}

func (g *Generator) make() Message {
	switch {
	case g.chance(poisoned):
		return g.poison()
	case g.chance(batches) && g.room() > 2:
		return g.batch()
	}
	m := plain(g.event(g.any()))
	if g.chance(5) {
		return binary(m)
	}
	return m
}

// batch is some events of one department, some of them bad, some twice.
func (g *Generator) batch() Message {
	ours := g.byDepartment[g.plenty[g.rng.IntN(len(g.plenty))]]
	elements := make([]Element, 0, mostInBatch)
	bad := g.chance(20)
	for range min(g.room(), 2+g.rng.IntN(mostInBatch-1)) {
		m := ours[g.rng.IntN(len(ours))]
		switch {
		case bad && g.chance(10):
			elements = append(elements, g.badElement(m.ReportingDepartment))
		case len(elements) > 0 && elements[0].Refused == "" && g.chance(2):
			elements = append(elements, elements[0])
		default:
			e := g.readingBy(m.ReportingDepartment, m)
			e.Raw = encode(&e.Event)
			elements = append(elements, e)
			g.remember(e, m)
		}
	}
	return batch(elements)
}

// event is one good event of whatever kind.
func (g *Generator) event(m *seeds.Measure) Element {
	e := g.reading(m)
	target, known := g.recall()
	switch n := g.rng.IntN(1000); {
	case n < 15 && known:
		e = g.void(&target.element.Event)
	case n < 30 && known:
		e = g.correction(&target.element.Event, target.measure)
	case n < 40 && known:
		e = g.conflict(&target.element, target.measure)
	case n < 45 && known:
		e = g.namesake(&target.element.Event, target.measure)
	case n < 65:
		e = g.unchanged(m)
	case n < 70:
		e = g.explained(m)
	case n < 80 && len(g.measures.open) > 0:
		m = g.measures.open[g.rng.IntN(len(g.measures.open))]
		e = g.registered(m)
	}
	g.remember(e, m)
	return e
}

// remember keeps an event that later ones may be about.
func (g *Generator) remember(e Element, m *seeds.Measure) {
	if e.Event.Department != m.ReportingDepartment {
		return // what is about it is by a department that every measure of it takes
	}
	e.Raw = nil
	if r := (recent{e, m}); len(g.recent) < remembered {
		g.recent = append(g.recent, r)
	} else {
		g.recent[g.rng.IntN(remembered)] = r
	}
}

func (g *Generator) recall() (recent, bool) {
	if len(g.recent) == 0 {
		return recent{}, false
	}
	return g.recent[g.rng.IntN(len(g.recent))], true
}

func (g *Generator) any() *seeds.Measure { return g.measures.all[g.rng.IntN(len(g.measures.all))] }

// chance is true in so many of a hundred cases.
func (g *Generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

// plain is the event as most send it.
func plain(e Element) Message {
	e.Raw = encode(&e.Event)
	return single(e, typed(schema.StructuredContent))
}

// later is a message that is held back until so many elements are sent.
type later struct {
	due, order int
	message    Message
}

type waiting []later

func (w *waiting) Len() int { return len(*w) }
func (w *waiting) Less(i, j int) bool {
	a, b := &(*w)[i], &(*w)[j]
	return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.order, b.order)) < 0
}
func (w *waiting) Swap(i, j int) { (*w)[i], (*w)[j] = (*w)[j], (*w)[i] }
func (w *waiting) Push(x any)    { *w = append(*w, x.(later)) }
func (w *waiting) Pop() any {
	old := *w
	last := old[len(old)-1]
	old[len(old)-1] = later{} // else its message would stay alive
	*w = old[:len(old)-1]
	return last
}
