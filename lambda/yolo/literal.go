package yolo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Ultralytics writes metadata with Python's str(), so that a dict of names may
// read {0: "it's", 1: 'a "q"'}. parseLiteral reads what Python's
// ast.literal_eval would of it: strings, numbers, True, False, None, lists,
// tuples and dicts, and JSON as well.
//
// A value is a string, float64, bool, nil, []any or dict.
func parseLiteral(s string) (any, error) {
	p := literalParser{rest: strings.TrimSpace(s)}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.skipSpace(); p.rest != "" {
		return nil, fmt.Errorf("unexpected %q after the value", clip(p.rest))
	}
	return v, nil
}

// dict keeps a Python dict's items in their order.
type dict []item

type item struct{ key, value any }

// get returns the value of a string key.
func (d dict) get(key string) any {
	for _, it := range d {
		if it.key == key {
			return it.value
		}
	}
	return nil
}

// maxLiteralDepth bounds the recursion on a hostile file.
const maxLiteralDepth = 16

type literalParser struct{ rest string }

func (p *literalParser) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// accept consumes the token and reports whether it was there.
func (p *literalParser) accept(token string) bool {
	p.skipSpace()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

var constants = []struct {
	word  string
	value any
}{
	{"True", true}, {"False", false}, {"None", nil},
	{"true", true}, {"false", false}, {"null", nil},
}

func (p *literalParser) value(depth int) (any, error) {
	if depth > maxLiteralDepth {
		return nil, errors.New("nested too deeply")
	}
	switch {
	case p.accept("{"):
		return p.dict(depth)
	case p.accept("["):
		return p.list(depth, "]")
	case p.accept("("):
		return p.list(depth, ")")
	case strings.HasPrefix(p.rest, "'"), strings.HasPrefix(p.rest, `"`):
		return p.string()
	}
	for _, c := range constants {
		if p.accept(c.word) {
			return c.value, nil
		}
	}
	return p.number()
}

func (p *literalParser) dict(depth int) (dict, error) {
	d := dict{}
	for !p.accept("}") {
		from := p.rest
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		switch key.(type) {
		case string, float64, bool:
		default:
			return nil, fmt.Errorf("want a plain key before %q", clip(from))
		}
		if !p.accept(":") {
			return nil, fmt.Errorf("want ':' before %q", clip(p.rest))
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d = append(d, item{key, value})
		if !p.accept(",") {
			if !p.accept("}") {
				return nil, fmt.Errorf("want ',' or '}' before %q", clip(p.rest))
			}
			break
		}
	}
	return d, nil
}

func (p *literalParser) list(depth int, end string) ([]any, error) {
	list := []any{}
	for !p.accept(end) {
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		if !p.accept(",") {
			if !p.accept(end) {
				return nil, fmt.Errorf("want ',' or '%s' before %q", end, clip(p.rest))
			}
			break
		}
	}
	return list, nil
}

func (p *literalParser) number() (float64, error) {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return !strings.ContainsRune("+-.0123456789eE", r) })
	if end < 0 {
		end = len(p.rest)
	}
	f, err := strconv.ParseFloat(p.rest[:end], 64)
	if err != nil {
		return 0, fmt.Errorf("want a value before %q", clip(p.rest))
	}
	p.rest = p.rest[end:]
	return f, nil
}

// string reads a quoted string with Python's escapes.
func (p *literalParser) string() (string, error) {
	quote := p.rest[0]
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; c {
		case quote:
			p.rest = p.rest[i+1:]
			return b.String(), nil
		case '\\':
			r, length := unescape(p.rest[i:])
			if length == 0 {
				return "", fmt.Errorf("bad escape in %q", clip(p.rest[i:]))
			}
			b.WriteRune(r)
			i += length - 1
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("unterminated string %q", clip(p.rest))
}

// unescape reads the escape that s starts with, and its length; 0 where there is
// none.
func unescape(s string) (r rune, length int) {
	if len(s) > 1 && strings.IndexByte(`'"/`, s[1]) >= 0 {
		return rune(s[1]), 2
	}
	// JSON writes what lies beyond U+FFFF as two escapes.
	if r = utf16.DecodeRune(unit16(s), unit16(s[min(6, len(s)):])); r != utf8.RuneError {
		return r, 12
	}
	// UnquoteChar knows \n, \t, \\, \xhh, \uhhhh and \Uhhhhhhhh.
	r, _, tail, err := strconv.UnquoteChar(s, 0)
	if err != nil {
		return 0, 0
	}
	return r, len(s) - len(tail)
}

// unit16 is the number of the escape \uhhhh that s starts with, or 0.
func unit16(s string) rune {
	if len(s) < 6 || s[:2] != `\u` {
		return 0
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

// clip keeps a quotation short.
func clip(s string) string {
	const most = 30
	if len(s) <= most {
		return s
	}
	for s = s[:most]; len(s) > 0 && !utf8.ValidString(s); {
		s = s[:len(s)-1]
	}
	return s + "…"
}
