package letter_test

import (
	"fmt"
	"testing"

	"xushi/jobs/letter"
)

// What a letter costs beyond its page, which has a size of its own, is a little for each measure.
func BenchmarkForms(b *testing.B) {
	for _, measures := range []int{100, 10_000} {
		b.Run(fmt.Sprint(measures), func(b *testing.B) {
			in := crowd(measures)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := letter.Forms(in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*measures), "ns/measure")
		})
	}
}
