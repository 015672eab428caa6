package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/structs"
	"github.com/knadh/koanf/v2"

	"xushi/deploy/config"
	"xushi/seeds"
)

// TestReadmeConfiguration keeps the reference of the configuration true: the block in each README names
// every key there is, each with its default.
func TestReadmeConfiguration(t *testing.T) {
	t.Parallel()
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		t.Run(readme, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "xushi.yaml")
			if err := os.WriteFile(path, configurationBlock(t, readme), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := config.Load(path)
			if err == nil {
				t.Error("the block is valid as it stands, but whoever copies it must be asked for letter.recipients")
			}
			if diff := cmp.Diff(config.Default(), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the defaults (-in code +in %s):\n%s", readme, diff)
			}
			if diff := cmp.Diff(keysOfCode(t), keysOfFile(t, path)); diff != "" {
				t.Errorf("the keys (-in code +in %s):\n%s", readme, diff)
			}
		})
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func configurationBlock(t *testing.T, readme string) []byte {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	found := yamlBlock.FindAllSubmatch(text, -1)
	if len(found) != 1 {
		t.Fatalf("%d yaml blocks in %s, not one", len(found), readme)
	}
	return found[0][1]
}

var thresholdsBlock = regexp.MustCompile("(?s)```\n(thresholds:.*?)```")

// TestReadmeThresholds keeps the reference of the thresholds true: every one there is, with its default.
func TestReadmeThresholds(t *testing.T) {
	t.Parallel()
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		found := thresholdsBlock.FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s has no block of thresholds", readme)
		}
		path := filepath.Join(t.TempDir(), "thresholds.yaml")
		if err := os.WriteFile(path, found[1], 0o600); err != nil {
			t.Fatal(err)
		}
		k := koanf.New(".")
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			t.Fatal(err)
		}
		said := seeds.Overrides{}
		for name, value := range k.IntMap("thresholds") {
			said[seeds.Threshold(name)] = value
		}
		if diff := cmp.Diff(defaults(), said); diff != "" {
			t.Errorf("(-in code +in %s):\n%s", readme, diff)
		}
	}
}

// defaults are the default thresholds by name, which the fields of their type are in the order of.
func defaults() seeds.Overrides {
	all := seeds.Overrides{}
	values := reflect.ValueOf(seeds.DefaultThresholds())
	for i, name := range seeds.AllThresholds() {
		all[name] = int(values.Field(i).Int())
	}
	return all
}

// TestReadmeLedger keeps what both READMEs say of the built-in ledger: its version, and how much of the
// text it owns.
func TestReadmeLedger(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	c := l.Coverage()
	says := []string{"台账版本 " + l.Version}
	for _, tally := range []seeds.Tally{c.Clauses, c.Arabic, c.Chinese} {
		says = append(says, fmt.Sprintf("| %d/%d |", tally.Owned(), tally.Total))
	}
	for _, readme := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range says {
			if !strings.Contains(string(text), words) {
				t.Errorf("%s does not say %q", readme, words)
			}
		}
	}
}

func keysOfCode(t *testing.T) []string {
	return keys(t, structs.Provider(config.Default(), "koanf"), nil)
}

func keysOfFile(t *testing.T, path string) []string {
	return keys(t, file.Provider(path), yaml.Parser())
}

func keys(t *testing.T, provider koanf.Provider, parser koanf.Parser) []string {
	t.Helper()
	k := koanf.New(".")
	if err := k.Load(provider, parser); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(k.Keys()))
}
