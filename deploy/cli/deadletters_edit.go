package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/deadletters"
)

// editBody lets a person edit the whole body of a refused event, JSON with a member on each line.
func editBody(ctx context.Context, js jetstream.JetStream, l *deadletters.Letter) (_ []byte, err error) {
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	if editor == "" {
		return nil, errors.New("no $VISUAL and no $EDITOR is set: set one, or give the edited body as --body FILE")
	}
	body, err := deadletters.Original(ctx, js, l)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		body = indented.Bytes()
	}
	dir, err := os.MkdirTemp("", "xushi-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	name := filepath.Join(dir, "event.json")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		return nil, err
	}
	// The variable may hold arguments, as for every program that heeds it: the shell takes it apart.
	run := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", name) //nolint:gosec // the user's own command
	run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := run.Run(); err != nil {
		return nil, fmt.Errorf("the editor %s: %w; nothing is sent", editor, err)
	}
	edited, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(bytes.TrimSpace(edited), bytes.TrimSpace(body)) {
		return nil, errors.New("nothing was edited, and nothing is sent")
	}
	return edited, nil
}
