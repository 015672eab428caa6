package smtptest

import (
	"encoding/base64"
	"strconv"
	"strings"

	"xushi/jobs/mail"
)

func (c *conversation) offers() string {
	offers := []string{"smtptest", "8BITMIME"}
	if c.options.MaxBytes > 0 {
		offers = append(offers, "SIZE "+strconv.Itoa(c.options.MaxBytes))
	}
	switch {
	case c.options.TLS == mail.StartTLS && !c.secure:
		offers = append(offers, "STARTTLS")
	case c.options.User != "" && c.options.LoginOnly:
		offers = append(offers, "AUTH LOGIN")
	case c.options.User != "":
		offers = append(offers, "AUTH PLAIN LOGIN")
	}
	last := len(offers) - 1
	return "250-" + strings.Join(offers[:last], "\r\n250-") + "\r\n250 " + offers[last]
}

func (c *conversation) startTLS() error {
	if c.options.TLS != mail.StartTLS || c.secure {
		return c.say("502 5.5.1 not offered")
	}
	went, err := c.answer(StartTLS, "220 2.0.0 go ahead")
	if went && err == nil {
		c.protect()
	}
	return err
}

// login takes PLAIN and LOGIN, in the one line in which clients say what they can at once.
func (c *conversation) login(line string) error {
	mechanism, initial, _ := strings.Cut(line, " ")
	user, password, err := decoded(initial), "", error(nil)
	if strings.EqualFold(mechanism, "LOGIN") {
		if user == "" {
			user, err = c.ask("Username:")
		}
		if err == nil {
			password, err = c.ask("Password:")
		}
	} else if parts := strings.Split(user, "\x00"); len(parts) == 3 {
		user, password = parts[1], parts[2]
	}
	if err != nil {
		return err
	}
	reply := "535 5.7.8 wrong user or password"
	if user == c.options.User && password == c.options.Password {
		reply = "235 2.7.0 welcome"
	}
	c.loggedIn, err = c.answer(Login, reply)
	return err
}

func (c *conversation) ask(prompt string) (string, error) {
	if err := c.say("334 " + base64.StdEncoding.EncodeToString([]byte(prompt))); err != nil {
		return "", err
	}
	line, err := c.in.ReadString('\n')
	return decoded(strings.TrimRight(line, "\r\n")), err
}

func decoded(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "" // is nobody's name
	}
	return string(b)
}

func (c *conversation) aboutSender(line string) string {
	if c.options.User != "" && !c.loggedIn {
		return "530 5.7.0 who are you?"
	}
	_, size, _ := strings.Cut(strings.ToUpper(line), " SIZE=")
	size, _, _ = strings.Cut(size, " ")
	if n, err := strconv.Atoi(size); err == nil && c.options.MaxBytes > 0 && n > c.options.MaxBytes {
		return "552 5.3.4 too large"
	}
	return "250 2.1.0 fine"
}

func (c *conversation) recipient(to string) error {
	c.now.Recipient = to
	c.mu.Lock()
	c.tries[to]++
	c.now.Try = c.tries[to]
	c.mu.Unlock()
	went, err := c.answer(Recipient, "250 2.1.5 fine")
	if went {
		c.to = append(c.to, to)
	}
	return err
}

// path is the address in "FROM:<a@b> SIZE=1".
func path(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
