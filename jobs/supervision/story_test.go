package supervision_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// story is a plan told letter by letter, from the one of 2024-07-01 on, with assessments made by hand.
type story struct {
	ledger    *seeds.Ledger
	monday    time.Time // of the next letter
	now       map[string]assessment.Standing
	explained map[string]*assessment.Explanation // by commitment
	acts      []schema.Act
	revisions []seeds.Revision
	weeks     []*supervision.Week // so far
}

// begin is the story of two commitments: roads, with two measures, and parks, with one.
func begin() *story {
	l := &seeds.Ledger{
		Plan: seeds.Plan{ID: "p-2024", Start: schema.Day(2024, 1, 1), End: schema.Day(2024, 12, 31)},
		Commitments: []seeds.Commitment{
			{ID: "roads", LeadDepartment: "zhujianwei", Measures: []seeds.Measure{{ID: "km"}, {ID: "bridges"}}},
			{ID: "parks", LeadDepartment: "lvhuaju", Measures: []seeds.Measure{{ID: "park"}}},
		},
	}
	l.Index()
	s := &story{ledger: l, monday: time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai),
		now: map[string]assessment.Standing{}, explained: map[string]*assessment.Explanation{}}
	s.stands("km fine", "bridges fine", "park fine")
	return s
}

var standings = map[string]assessment.Standing{
	"fine":        {Progress: assessment.OnTrack, Alert: assessment.NoAlert, Data: assessment.Fresh},
	"watched":     {Progress: assessment.OnTrack, Alert: assessment.Watch, Data: assessment.Fresh},
	"lagging":     {Progress: assessment.Lagging, Alert: assessment.LaggingAlert, Data: assessment.Fresh},
	"severe":      {Progress: assessment.Severe, Alert: assessment.SevereAlert, Data: assessment.Fresh},
	"overdue":     {Progress: assessment.Overdue, Alert: assessment.NoAlert, Data: assessment.Fresh},
	"silent":      {Progress: assessment.OnTrack, Alert: assessment.NoAlert, Data: assessment.Stale},
	"unknown":     {Progress: assessment.Unknown, Alert: assessment.NoAlert, Data: assessment.Fresh},
	"completed":   {Progress: assessment.Completed, Alert: assessment.NoAlert, Data: assessment.Fresh},
	"not_started": {Progress: assessment.NotStarted, Alert: assessment.SevereAlert, Data: assessment.NeverReported},
}

// stands says how measures are from now on: "km lagging".
func (s *story) stands(all ...string) *story {
	for _, one := range all {
		measure, how, _ := strings.Cut(one, " ")
		standing, ok := standings[how]
		if !ok {
			panic("no standing " + how)
		}
		s.now[measure] = standing
	}
	return s
}

// before is so many days before the next letter, at noon.
func (s *story) before(days int) time.Time { return s.monday.AddDate(0, 0, -days).Add(4 * time.Hour) }

// explains is what a department says of a commitment, so many days before the next letter.
func (s *story) explains(commitment, id string, days int) *story {
	at := s.before(days)
	s.explained[commitment] = &assessment.Explanation{
		Department: "zhujianwei", Source: "/s", ID: id, Time: at.Add(-time.Hour), ReceivedAt: at, Problem: "拆迁未完成", NextStep: "本月完成",
	}
	return s
}

func (s *story) withdraws(commitment string) *story {
	delete(s.explained, commitment)
	return s
}

func (s *story) closes(item string, days int) *story {
	s.acts = append(s.acts, schema.Act{At: s.before(days), Type: schema.SupervisionClosed,
		Closed: &schema.Closing{Item: item, By: "督查室", Reason: "区长办公会议定"}})
	return s
}

func (s *story) verifies(commitment string, days int) *story {
	s.acts = append(s.acts, schema.Act{At: s.before(days), Type: schema.CommitmentVerified,
		Verified: &schema.Verification{Commitment: commitment, Evidence: []string{"验收单"}, By: "督查室", Reason: "现场核查"}})
	return s
}

// revises is a version of the ledger that changes fields of measures: "km due_date".
func (s *story) revises(days int, changes ...string) *story {
	r := seeds.Revision{At: s.before(days), Approver: "李副区长", Reason: "延期申请"}
	for _, c := range changes {
		id, field, _ := strings.Cut(c, " ")
		r.Changes = append(r.Changes, seeds.Change{Object: "measure", ID: id, Field: field, Before: "原", After: "现"})
	}
	s.revisions = append(s.revisions, r)
	return s
}

// without is the story of a ledger that has this commitment no more.
func (s *story) without(commitment string) *story {
	l := *s.ledger
	l.Commitments = slices.DeleteFunc(slices.Clone(l.Commitments), func(c seeds.Commitment) bool { return c.ID == commitment })
	l.Index()
	s.ledger = &l
	return s
}

// with is the story of the first ledger again.
func (s *story) with(all ...string) *story {
	s.ledger = begin().ledger
	return s.stands(all...)
}

// input is what the next letter is made of.
func (s *story) input() supervision.Input {
	in := supervision.Input{
		Ledger: s.ledger, Week: schema.WeekOf(s.monday), AsOf: s.monday, KnownAt: s.monday,
		Acts: slices.Clone(s.acts), Revisions: s.revisions,
	}
	for _, m := range s.ledger.Measures() {
		in.Now = append(in.Now, assessment.Assessment{Measure: m, Standing: s.now[m.ID], Explained: s.explained[m.Commitment.ID]})
	}
	return in
}

// last is the newest letter's week; nil before the first.
func (s *story) last() *supervision.Week {
	if len(s.weeks) == 0 {
		return nil
	}
	return s.weeks[len(s.weeks)-1]
}

// letter tells the story on by a week.
func (s *story) letter() *story {
	s.weeks = append(s.weeks, supervision.Next(s.last(), s.input()))
	s.revisions, s.monday = nil, s.monday.AddDate(0, 0, 7)
	return s
}

// states is the newest letter's items in short: "001 roads open".
func (s *story) states() (all []string) {
	for _, i := range s.last().Items {
		all = append(all, fmt.Sprintf("%s %s %s", strings.TrimPrefix(i.Number, "2024-"), i.Commitment, i.State))
	}
	return all
}
