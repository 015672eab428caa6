package figures_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

func TestStatusSaysTheAlertLevelOnce(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]assessment.Standing{
		"滞后":         {Progress: assessment.Lagging, Alert: assessment.LaggingAlert},
		"未启动（严重滞后）":  {Progress: assessment.NotStarted, Alert: assessment.SevereAlert},
		"符合序时（关注）":   {Progress: assessment.OnTrack, Alert: assessment.Watch},
		"已完成":        {Progress: assessment.Completed, Alert: assessment.NoAlert},
		"数据超期未报（关注）": {Progress: assessment.OnTrack, Alert: assessment.Watch, Data: assessment.Stale},
	} {
		if got := figures.Status(a); got != want {
			t.Errorf("Status() = %s, want %s", got, want)
		}
	}
}

func TestOnlyWhatIsCompletedIsVerified(t *testing.T) {
	t.Parallel()
	completed := assessment.Standing{Progress: assessment.Completed, Alert: assessment.NoAlert}
	behind := assessment.Standing{Progress: assessment.Lagging, Alert: assessment.LaggingAlert}
	if got := figures.StatusOf(completed, true); got != "已销号" {
		t.Errorf("completed and verified is %s", got)
	}
	if got := figures.StatusOf(behind, true); got != "滞后" {
		t.Errorf("what fell behind after it was verified is %s", got)
	}
}

func TestGap(t *testing.T) {
	t.Parallel()
	area := &seeds.Measure{Unit: "平方米", TargetValue: decimal.NewFromInt(847_000)}
	for name, tt := range map[string]struct {
		a           assessment.Assessment
		value, unit string
	}{
		"behind":      {assessment.Assessment{Measure: area, Gap: big.NewRat(-199, 10)}, "-19.9", "个百分点"},
		"unknown":     {assessment.Assessment{Measure: area}, "—", ""},
		"milestone":   {assessment.Assessment{Measure: &seeds.Measure{Mode: schema.ToDate, TargetValue: decimal.NewFromInt(13), Curve: &seeds.Curve{Kind: seeds.Milestones}}}, "按天计", ""},
		"late pieces": {assessment.Assessment{Measure: &seeds.Measure{Unit: "个", TargetValue: decimal.NewFromInt(11)}, Standing: assessment.Standing{LagDays: 12}}, "迟12天", ""},
		"small count": {assessment.Assessment{Measure: &seeds.Measure{Unit: "个", TargetValue: decimal.NewFromInt(11)}}, "按天计", ""},
	} {
		if value, unit := figures.Gap(&tt.a); value != tt.value || unit != tt.unit {
			t.Errorf("%s: Gap() = %q %q, want %q %q", name, value, unit, tt.value, tt.unit)
		}
	}
}

func TestAssignedSaysHowSureAndWhy(t *testing.T) {
	t.Parallel()
	by := seeds.Assignment{AssignedBy: "序时项目组", Confidence: seeds.Low}
	for _, tt := range []struct {
		by    seeds.Assignment
		known bool
		want  string
	}{
		{by, true, "序时项目组，推测"},
		{seeds.Assignment{AssignedBy: "区政府办", Confidence: seeds.High, Basis: "任务分工表"}, true, "区政府办，有依据：任务分工表"},
		{seeds.Assignment{}, false, "未注明"},
	} {
		if got := figures.Assigned(tt.by, tt.known); got != tt.want {
			t.Errorf("Assigned() = %s, want %s", got, tt.want)
		}
	}
}
