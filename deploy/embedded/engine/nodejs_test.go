package engine_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestNodeClient runs testdata/nodejs: the official @clickhouse/client, as npm has it.
// npm keeps what it fetched once in its own cache.
func TestNodeClient(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("this test needs %s: install Node.js 20 or later with npm, which also fetches the engine: %v", tool, err)
		}
	}
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS("testdata/nodejs")); err != nil {
		t.Fatal(err)
	}
	address, db := database(t)
	for _, command := range [][]string{
		{"npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"},
		{"node", "--test", "--test-reporter=spec", "client.test.js"},
	} {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir = project
		cmd.Env = append(os.Environ(), "ENGINE_URL="+address, "ENGINE_DATABASE="+db)
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command, err, output)
		}
	}
}
