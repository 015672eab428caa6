package post_test

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/post"
	"xushi/schema"
)

// A letter whose attachment is larger than a message may be is queued all the same, and goes out byte for byte.
func TestALargeLetterFitsAMessage(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	workbook := make([]byte, 3_200_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(workbook) // it never fails
	body := append([]byte("Subject: x\r\n\r\n"), base64.StdEncoding.EncodeToString(workbook)...)
	if len(body) <= schema.MaxPayload {
		t.Fatalf("%d bytes would fit as they are", len(body))
	}
	l := letterTo("a@example.org")
	l.Body = body
	if fresh, err := post.Queue(t.Context(), js, l); err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	a, err := l.Address()
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stream.GetLastMsgForSubject(t.Context(), a.Subject())
	if err != nil {
		t.Fatal(err)
	}
	got, err := post.Body(m.Header, m.Data)
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(body), err)
	}
	m.Header.Set(schema.MailEncodingHeader, "zip")
	if _, err := post.Body(m.Header, m.Data); err == nil {
		t.Error("an encoding that nobody knows was read")
	}
}
