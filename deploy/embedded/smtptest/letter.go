package smtptest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"
	"time"
)

func (c *conversation) data() error {
	if len(c.to) == 0 {
		return c.say("503 5.5.1 to whom?")
	}
	b := c.behave(Data)
	reply := b.instead("354 go ahead")
	if !b.goesOn(reply) {
		return c.act(b, reply)
	}
	// Before it is said: the client may act on it before we come to note it.
	c.note(func(r *Conversation) { r.GoAhead, r.Answered, r.Verdict = time.Now(), time.Time{}, "" })
	if err := c.act(b, reply); err != nil {
		return err
	}
	if _, err := c.in.Peek(1); err != nil {
		return err
	}
	if _, err := c.answer(Body, ""); err != nil {
		return err
	}
	message, err := c.read()
	c.identify(message)
	if err != nil {
		return err
	}
	return c.judge(message)
}

// read gives the letter as it was before the client doubled the dots, or what came of it.
func (c *conversation) read() (message []byte, err error) {
	for {
		line, err := c.in.ReadBytes('\n')
		if err != nil {
			return append(message, line...), err
		}
		if string(line) == ".\r\n" {
			return message, nil
		}
		message = append(message, bytes.TrimPrefix(line, []byte("."))...)
	}
}

func (c *conversation) identify(message []byte) {
	m, err := mail.ReadMessage(io.MultiReader(bytes.NewReader(message), strings.NewReader("\r\n\r\n")))
	if err != nil {
		return // cut within a line, or no letter at all
	}
	c.now.MessageID, c.now.Subject = m.Header.Get("Message-ID"), m.Header.Get("Subject")
	if text, err := new(mime.WordDecoder).DecodeHeader(c.now.Subject); err == nil {
		c.now.Subject = text
	}
	c.note(func(r *Conversation) { r.Attempt = c.now })
}

// judge accepts the letter or does not, and says so or does not.
func (c *conversation) judge(message []byte) error {
	b := c.behave(Verdict)
	reply := b.instead(fmt.Sprintf("250 2.0.0 delivered as %d", c.now.Conversation))
	if b.accepts(reply) {
		c.accepted(message)
	}
	if err := c.act(b, reply); err != nil {
		return err
	}
	c.note(func(r *Conversation) { r.Answered, r.Verdict = time.Now(), reply })
	c.told()
	_, err := c.answer(After, "")
	return err
}

// accepted records the letter, once for each of its recipients, before anybody is told.
func (c *conversation) accepted(message []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, to := range c.to {
		c.letters = append(c.letters, Letter{
			Conversation: c.now.Conversation, From: c.now.From, Recipient: to,
			MessageID: c.now.MessageID, Subject: c.now.Subject, Message: message, At: time.Now(),
		})
	}
}

func (c *conversation) told() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.letters {
		if c.letters[i].Conversation == c.now.Conversation {
			c.letters[i].Told = true
		}
	}
}
