package ingest

import "xushi/schema"

// Judge opens a message and hands over each of its events with the verdict on it, as far as the register knows
// the office's acts. It is how every event is judged, also on trial.
func Judge(policy schema.Policy, register Register, m *schema.Message, each func(*schema.Opened)) {
	policy.Open(m, func(o *schema.Opened) {
		if o.Rejection == nil {
			o.Rejection = register.Admit(&o.Record)
		}
		each(o)
	})
}
