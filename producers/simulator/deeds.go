package simulator

import (
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Deed is something that the supervision office does in the story: one of its members is set.
type Deed struct {
	At        time.Time
	By        string
	Extension *seeds.Extension
	Verified  *schema.Verification
}

const officeOfStory, leaderOfStory = "区政府督查室（模拟）", "区政府分管副区长（模拟）"

// Deeds are what the office does in the default story, in order; in any other it only writes letters.
func Deeds(ledger *seeds.Ledger, seed int64) []Deed {
	if ledger.Plan.ID != defaultPlan || seed != defaultSeed {
		return nil
	}
	at := func(month time.Month, day int) time.Time {
		return time.Date(2024, month, day, 10, 0, 0, 0, schema.Shanghai)
	}
	verified := func(at time.Time, commitment, evidence string) Deed {
		return Deed{At: at, By: officeOfStory, Verified: &schema.Verification{
			Commitment: commitment, Evidence: []string{"模拟佐证-" + evidence}, By: officeOfStory, Reason: "现场核查并查阅资料，属实",
		}}
	}
	return []Deed{
		verified(at(time.July, 18), "fitness-sites", "场地验收单"),
		{At: at(time.September, 12), By: officeOfStory, Extension: &seeds.Extension{
			Measure: "tcm-doctors-hall-built", Piece: "works", Until: schema.Day(2024, time.October, 15),
			Approver: leaderOfStory, Reason: "延期申请（模拟）第7号：选定用房的权属变更7月下旬方获批准，改造工期相应顺延",
		}},
		verified(at(time.December, 31+9), "new-construction", "施工许可证及开工报告"),
	}
}
