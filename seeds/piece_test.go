package seeds_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
	"xushi/seeds"
)

// parks are two items on an open list, of which the curve dates one.
var parks = &seeds.Measure{TargetValue: dec("3"), Mode: schema.ToDate, Itemised: true, ItemsOpen: true,
	Items: []seeds.Item{{ID: "luofulu", Name: "罗浮路健身公园"}, {ID: "north", Name: "北运河公园"}},
	Curve: &seeds.Curve{Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "north", By: date("2024-09-30")}},
		Start: date("2024-04-01"), End: date("2024-12-31")},
}

func TestPieces(t *testing.T) {
	t.Parallel()
	uncurved := *parks
	uncurved.Curve = nil
	for _, test := range []struct {
		name    string
		measure *seeds.Measure
		want    []seeds.Piece
	}{
		{"a milestone's stages", metro, []seeds.Piece{
			{ID: "design", Name: "完成设计", By: date("2024-03-31")},
			{ID: "shell", Name: "主体封顶", By: date("2024-09-30")},
			{ID: "opened", Name: "投入运营", By: date("2024-12-15")},
		}},
		{"items, with the date of the one that has one", parks, []seeds.Piece{
			{ID: "luofulu", Name: "罗浮路健身公园"}, {ID: "north", Name: "北运河公园", By: date("2024-09-30")},
		}},
		{"items without a curve", &uncurved, []seeds.Piece{
			{ID: "luofulu", Name: "罗浮路健身公园"}, {ID: "north", Name: "北运河公园"},
		}},
		{"the pieces of a small count have no names", projects, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.measure.Pieces()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestPieceByItsID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		measure *seeds.Measure
		id      string
		name    string
		due     string // "" if it has no date of its own
	}{
		{metro, "shell", "主体封顶", "2024-09-30"},
		{parks, "north", "北运河公园", "2024-09-30"},
		{parks, "luofulu", "罗浮路健身公园", ""},
		{parks, "registered", "registered", ""},
		{area, "", "", ""},
	} {
		if name := test.measure.PieceName(test.id); name != test.name {
			t.Errorf("PieceName(%s) = %s, want %s", test.id, name, test.name)
		}
		if due, ok := test.measure.PieceDue(test.id); ok != (test.due != "") || ok && due != date(test.due) {
			t.Errorf("PieceDue(%s) = %s, %t, want %q", test.id, due, ok, test.due)
		}
	}
}
