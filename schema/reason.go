package schema

// Reason is the code under which an event is refused. It is the last token of the dead letter's
// subject and the label of the metric, so a code never changes its meaning.
type Reason string

// Reasons, in the order in which an event is examined.
const (
	TooLarge              Reason = "too_large"               // body over MaxEventBytes or MaxBatchBytes
	TooManyEvents         Reason = "too_many_events"         // batch over MaxBatchEvents
	UnsupportedContent    Reason = "unsupported_content"     // content type that is none of the three modes
	InvalidUTF8           Reason = "invalid_utf8"            //
	DuplicateKey          Reason = "duplicate_key"           // one JSON name twice in one object
	MalformedJSON         Reason = "malformed_json"          //
	WrongType             Reason = "wrong_type"              // e.g. a number where a string is due
	UnknownField          Reason = "unknown_field"           // a member of data that the type does not have
	MissingField          Reason = "missing_field"           //
	UnsupportedVersion    Reason = "unsupported_version"     // specversion is not 1.0
	UnknownType           Reason = "unknown_type"            // not one of our event types
	InvalidID             Reason = "invalid_id"              // malformed, or over MaxIDBytes
	TextTooLong           Reason = "text_too_long"           //
	InvalidTime           Reason = "invalid_time"            // not RFC 3339 with an offset
	FutureTime            Reason = "future_time"             // later than received_at + MaxClockSkew
	ReceivedAtForbidden   Reason = "received_at_forbidden"   // Xushi-Received-At from anyone but the simulator
	SimulationForbidden   Reason = "simulation_forbidden"    // an event of the simulator where figures are to be believed
	SubjectMismatch       Reason = "subject_mismatch"        // subject and body name different plans, departments or commitments
	SelfReference         Reason = "self_reference"          // an event that voids or replaces itself
	NotDecimal            Reason = "not_decimal"             // not plain digits: NaN, exponent, thousands separators …
	TooPrecise            Reason = "too_precise"             // more than six decimals after conversion to the base unit
	TooManyDigits         Reason = "too_many_digits"         // more than eighteen integer digits
	UnknownPlan           Reason = "unknown_plan"            //
	UnknownDepartment     Reason = "unknown_department"      //
	UnknownCommitment     Reason = "unknown_commitment"      //
	UnknownMeasure        Reason = "unknown_measure"         //
	DepartmentNotInvolved Reason = "department_not_involved" // neither leads nor supports the commitment
	WrongMode             Reason = "wrong_mode"              // increment, to_date and level are not interchangeable
	WrongUnit             Reason = "wrong_unit"              //
	ItemRequired          Reason = "item_required"           //
	ItemRefused           Reason = "item_refused"            // an item for a measure that is not itemised
	UnknownItem           Reason = "unknown_item"            // not on a closed list
	StageRequired         Reason = "stage_required"          // a reading of a milestone names its stage
	UnknownStage          Reason = "unknown_stage"           // a stage that the measure does not have
	ListClosed            Reason = "list_closed"             // registering an item on a closed list
	RatioRefused          Reason = "ratio_refused"           // numerator and denominator for a measure that is no ratio
	ZeroDenominator       Reason = "zero_denominator"        //
	OutOfBounds           Reason = "out_of_bounds"           //
	StoreRefused          Reason = "store_refused"           // the store's administrator allows no such row; of what is stored, not of the contract
)

// Rejection says why one event is refused, so that its sender can mend it.
type Rejection struct {
	Reason  Reason `json:"reason"`
	Field   string `json:"field"`   // path in the CloudEvent such as "data.value", a header's name, or "" for the whole message
	Message string `json:"message"` // one Chinese sentence: what was wrong and what to do
}

// Error makes a Rejection usable where Go code publishes; it is for developers, Message is for people.
func (r *Rejection) Error() string {
	if r.Field == "" {
		return "event refused (" + string(r.Reason) + "): " + r.Message
	}
	return "event refused (" + string(r.Reason) + " at " + r.Field + "): " + r.Message
}

// Refuse is the one way to make a Rejection.
func Refuse(reason Reason, field, message string) *Rejection {
	return &Rejection{Reason: reason, Field: field, Message: message}
}
