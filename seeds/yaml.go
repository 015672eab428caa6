package seeds

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v3"
)

// place is a spot in a ledger's file that a complaint can name by line and by path.
type place struct {
	file string
	path string
	node *yaml.Node
}

// field is the value of a mapping's key; where the key is absent, complaints name the mapping's line.
func (p place) field(key string) place {
	found := place{p.file, strings.TrimPrefix(p.path+"."+key, "."), p.node}
	for i := 0; i+1 < len(p.node.Content) && p.node.Kind == yaml.MappingNode; i += 2 {
		if p.node.Content[i].Value == key {
			found.node = p.node.Content[i+1]
		}
	}
	return found
}

// entry is the i-th entry of a sequence, called by its id, or by its number where it has none.
func (p place) entry(i int, id string) place {
	switch {
	case id == "":
		id = fmt.Sprintf("%s[%d]", p.path, i)
	case p.path != "":
		id = p.path + "[" + id + "]"
	}
	return place{p.file, id, p.node.Content[i]}
}

func (p place) errorf(format string, args ...any) error {
	return &Complaint{p.file, p.node.Line, p.path, format, args}
}

// lostEntry is an entry of a list that the library leaves out, so that those after it are counted wrong.
type lostEntry struct{ error }

// decode reads one YAML document into a value, strictly: unknown fields, doubled keys, numbers that are
// no plain decimals and dates that are none are all reported together, each with its line. The place is
// without a node where entries are lost, so that judging the others would mislead.
//
// The library's own KnownFields would do for the fields, but it gives up without a line at the first
// number or date that is wrong, and reads 14.5 as the whole number 14.
func decode(file string, data []byte, into any) (place, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return place{}, fmt.Errorf("%s: is empty", file)
	} else if err != nil {
		return place{}, fmt.Errorf("%s: %w", file, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return place{}, fmt.Errorf("%s: must be one YAML document", file)
	}
	root := place{file: file, node: doc.Content[0]}
	errs := root.strict(reflect.TypeOf(into))
	err := root.node.Decode(into)
	lost := slices.ContainsFunc(errs, func(err error) bool { _, is := errors.AsType[*lostEntry](err); return is })
	if err == nil && !lost {
		return root, errors.Join(errs...)
	}
	if mistyped, ok := errors.AsType[*yaml.TypeError](err); ok {
		for _, e := range mistyped.Errors {
			errs = append(errs, errors.New(file+":"+strings.TrimPrefix(e, "line ")))
		}
	} else if err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", file, err))
	}
	return place{}, errors.Join(errs...)
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	decimalType     = reflect.TypeFor[decimal.Decimal]()
)

// strict walks the nodes along the type that they are to be decoded into and finds unknown fields and
// scalars that their type does not take.
func (p place) strict(t reflect.Type) (errs []error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case p.node.Kind == yaml.AliasNode:
		return []error{p.errorf("write the value out; a ledger takes no YAML aliases")}
	case reflect.PointerTo(t).Implements(textUnmarshaler), plain[t.Kind()] != nil:
		if err := p.scalar(t); err != nil {
			return []error{err}
		}
	case t.Kind() == reflect.Slice && p.node.Kind == yaml.SequenceNode:
		for i, n := range p.node.Content {
			if n.ShortTag() == "!!null" { // the library would leave it out in silence
				errs = append(errs, &lostEntry{p.entry(i, "").errorf("an entry that says nothing")})
			}
			errs = append(errs, p.entry(i, "").strict(t.Elem())...)
		}
	case t.Kind() == reflect.Map && p.node.Kind == yaml.MappingNode:
		for i := 0; i < len(p.node.Content); i += 2 {
			value := p.field(p.node.Content[i].Value)
			if value.node.ShortTag() == "!!null" { // the library would make it zero
				errs = append(errs, value.errorf("an entry that says nothing"))
			}
			errs = append(errs, value.strict(t.Elem())...)
		}
	case t.Kind() == reflect.Struct && p.node.Kind == yaml.MappingNode:
		types := fieldTypes(t)
		for i := 0; i < len(p.node.Content); i += 2 {
			key := p.node.Content[i]
			if ft, known := types[key.Value]; known {
				errs = append(errs, p.field(key.Value).strict(ft)...)
			} else {
				errs = append(errs, place{p.file, p.path, key}.errorf("unknown field %q", key.Value))
			}
		}
	}
	return errs
}

func fieldTypes(t reflect.Type) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for f := range t.Fields() {
		if name := f.Tag.Get("yaml"); name != "" && name != "-" {
			types[name] = f.Type
		}
	}
	return types
}

// plainDecimal is what progress.events can keep: eighteen integer digits and six decimals. The text
// itself becomes the number; it is never a float on the way.
var plainDecimal = regexp.MustCompile(`^-?\d{1,18}(\.\d{1,6})?$`)

// plain are the spellings of whole numbers, and of yes and no.
var plain = map[reflect.Kind]*regexp.Regexp{
	reflect.Int:  regexp.MustCompile(`^-?\d{1,18}$`),
	reflect.Bool: regexp.MustCompile(`^(true|false)$`),
}

// scalar tries a number's or a date's text on its type, and blanks a wrong one, so that the decoding
// that follows reports the rest and not this again without its line.
func (p place) scalar(t reflect.Type) error {
	if p.node.Kind == yaml.ScalarNode && p.node.ShortTag() == "!!null" {
		return nil
	}
	err := errors.New("a single value is due here")
	switch text := p.node.Value; {
	case p.node.Kind != yaml.ScalarNode:
	case plain[t.Kind()] != nil:
		if err = nil; !plain[t.Kind()].MatchString(text) {
			err = fmt.Errorf("%q is not %s", text, map[reflect.Kind]string{reflect.Int: "a whole number of at most 18 digits", reflect.Bool: "true or false"}[t.Kind()])
		}
	case t == decimalType && !plainDecimal.MatchString(text):
		err = fmt.Errorf("%q is not a plain decimal of at most 18 integer digits and 6 decimals", text)
	default:
		err = reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
	}
	if err == nil {
		return nil
	}
	complaint := p.errorf("%v", err)
	*p.node = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: p.node.Line}
	return complaint
}
