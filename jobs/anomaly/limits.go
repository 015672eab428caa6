package anomaly

// What is worth a question and what is noise. None of these figures has a source: the domain notes name the
// kinds, and the figures are ours, set so that an honest department that reports every week is not asked.
const (
	// A jump is at least half of a period's increase and a twentieth of the annual target, within the last three
	// days of the period: a Friday may be two days before the last. It is no jump where the department
	// reports at the period's end by its very rhythm: three reports or more must be owed in the period, or have
	// been made before its last days.
	lastDays       = 3
	jumpShare      = 50 // percent of the period's increase
	jumpOfTarget   = 5  // percent of the annual target
	reportsAPeriod = 3

	// A cumulative figure that falls by less than a thousandth of the target is rounding.
	decreasePerMille = 1

	// Three readings in a row that are the plan's figure. One of them says nothing, nor do many where the plan
	// moves by hardly more than the digit to which readings are rounded: it must have moved by ten of those.
	exactRun  = 3
	planMoves = 10

	// Two sources speak of about the same time within a week, and disagree by more than a hundredth of the target.
	sameTimeDays       = 7
	differencePercents = 1
)
