package weekly

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/schema"
	"xushi/seeds"
)

// Draft is a letter as one mailbox is to get it.
type Draft struct {
	Letter    *letter.Letter
	Recipient string // "" of the one that is for nobody in particular
}

// Message is the letter as it goes out, byte for byte.
func (d Draft) Message(from string) ([]byte, error) { return mail.Build(d.Letter, from, d.Recipient) }

// drafts are all letters of an edition: everybody's in Chinese for nobody in particular, then one for each
// recipient, then those of departments.
func (o *Office) drafts(e *edition) ([]Draft, error) {
	everybodys := map[letter.Language]*letter.Letter{}
	compose := func(language letter.Language) (l *letter.Letter, err error) {
		if everybodys[language] == nil {
			everybodys[language], err = o.compose(e, language, "")
		}
		return everybodys[language], err
	}
	chinese, err := compose(letter.Chinese)
	if err != nil {
		return nil, err
	}
	drafts := []Draft{{chinese, ""}}
	for _, recipient := range o.Recipients {
		l, err := compose(o.language(recipient))
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, Draft{l, recipient})
	}
	departments, err := o.departmentDrafts(e)
	return append(drafts, departments...), err
}

// departmentDrafts are those of the departments that lead something of the plan.
func (o *Office) departmentDrafts(e *edition) (drafts []Draft, err error) {
	for _, id := range slices.Sorted(maps.Keys(o.Departments)) {
		leads := func(c seeds.Commitment) bool { return c.LeadDepartment == id }
		if !slices.ContainsFunc(e.ledger.Commitments, leads) {
			continue
		}
		l, err := o.compose(e, letter.Chinese, id)
		if err != nil {
			return nil, err
		}
		for _, recipient := range o.Departments[id] {
			drafts = append(drafts, Draft{l, recipient})
		}
	}
	return drafts, nil
}

func (o *Office) language(recipient string) letter.Language {
	same := func(reader string) bool { return mailbox(reader) == mailbox(recipient) }
	if slices.ContainsFunc(o.English, same) {
		return letter.English
	}
	return letter.Chinese
}

// mailbox is what tells an address from others; of one that is none, itself.
func mailbox(address string) string {
	if bare, err := mail.Address(address); err == nil {
		address = bare
	}
	return strings.ToLower(address)
}

// PreviewWeek composes the letters of a week, and changes nothing: as they were written, or, before that, as they
// would be from what is known by now.
func (o *Office) PreviewWeek(ctx context.Context, week schema.Week, now time.Time) ([]Draft, error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return nil, err
	}
	claim, err := claims.of(ctx, week)
	if err != nil {
		return nil, err
	}
	if claim.KnownAt.IsZero() {
		asOf, ok := o.Moment(week)
		if !ok {
			return nil, noLetter(week)
		}
		return o.Preview(ctx, asOf, now)
	}
	return o.preview(ctx, week, claim.AsOf, claim.KnownAt)
}

// Preview composes the letters of a moment from what is known of it by now, and changes nothing.
func (o *Office) Preview(ctx context.Context, asOf, now time.Time) ([]Draft, error) {
	knownAt := asOf
	if now.Before(asOf) {
		knownAt = now
	}
	return o.preview(ctx, schema.WeekOf(asOf), asOf, knownAt)
}

func (o *Office) preview(ctx context.Context, week schema.Week, asOf, knownAt time.Time) ([]Draft, error) {
	e, err := o.prepare(ctx, week, asOf, knownAt)
	if err != nil {
		return nil, err
	}
	return o.drafts(e)
}

func noLetter(week schema.Week) error {
	return fmt.Errorf("week %s has no letter: nobody works in it", week)
}
