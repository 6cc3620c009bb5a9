package handler

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/lambda/api"
)

// contract is openapi.json, checked against OpenAPI 3.1.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	return doc, err
})

func loadContract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestContractIsOpenAPI31(t *testing.T) {
	if doc := loadContract(t); !doc.IsOpenAPI31OrLater() {
		t.Errorf("version %s", doc.OpenAPI)
	}
}

// Every option and alias is a parameter, a field of the JSON request and a field
// of the form, and nothing else is.
func TestContractHasEveryOption(t *testing.T) {
	doc := loadContract(t)
	var want []string
	for _, names := range api.OptionNames() {
		group := strings.Split(names, "|")
		want = append(want, group...)
		for _, alias := range group[1:] {
			for place, of := range map[string]func(string) string{
				"query":   func(n string) string { return doc.Paths.Find("/").Parameters.GetByInAndName("query", n).Schema.Ref },
				"Request": func(n string) string { return doc.Components.Schemas["Request"].Value.Properties[n].Ref },
				"Form":    func(n string) string { return doc.Components.Schemas["Form"].Value.Properties[n].Ref },
			} {
				if of(alias) != of(group[0]) {
					t.Errorf("%s: %s has the schema %s, %s has %s", place, alias, of(alias), group[0], of(group[0]))
				}
			}
		}
	}
	slices.Sort(want)
	var query []string
	for _, p := range doc.Paths.Find("/").Parameters {
		query = append(query, p.Value.Name)
	}
	slices.Sort(query)
	if diff := cmp.Diff(want, query); diff != "" {
		t.Errorf("query: %s", diff)
	}
	for schema, pictures := range map[string][]string{"Request": {"image", "images", "options"}, "Form": {"file", "image", "images"}} {
		got := slices.Sorted(maps.Keys(doc.Components.Schemas[schema].Value.Properties))
		if diff := cmp.Diff(slices.Sorted(slices.Values(append(pictures, want...))), got); diff != "" {
			t.Errorf("%s: %s", schema, diff)
		}
	}
}

// The ranges and words of the contract are those that package api allows.
func TestContractHasEachOptionsRange(t *testing.T) {
	doc := loadContract(t)
	for _, names := range api.OptionNames() {
		name, _, _ := strings.Cut(names, "|")
		ref := doc.Components.Schemas[name]
		if ref == nil {
			t.Errorf("%s is not in the contract", name)
			continue
		}
		schema := ref.Value
		accepted, refused := []any{}, []any{map[string]any{}}
		if schema.Default != nil {
			accepted = append(accepted, schema.Default)
		}
		step := 1.0
		if schema.Type.Is("number") {
			step = 1e-9
		}
		if schema.Min != nil {
			accepted, refused = append(accepted, *schema.Min), append(refused, *schema.Min-step)
		}
		if schema.Max != nil {
			accepted, refused = append(accepted, *schema.Max), append(refused, *schema.Max+step)
		}
		accepted = append(accepted, schema.Enum...)
		if schema.Type.Is("array") {
			accepted, refused = append(accepted, []any{"person", 1.0}), append(refused, []any{})
		}
		if schema.MinLength == 1 {
			accepted, refused = append(accepted, "a"), append(refused, "")
		}
		if len(accepted) == 0 {
			t.Errorf("%s: the contract gives no range", name)
		}
		for _, v := range accepted {
			if err := new(api.Options).Set(name, v); err != nil {
				t.Errorf("the contract allows %v: %v", v, err)
			}
		}
		for _, v := range refused {
			if err := new(api.Options).Set(name, v); err == nil {
				t.Errorf("%s: the contract refuses %v, the function does not", name, v)
			}
		}
		if len(schema.Enum) > 0 { // the refusal lists the words in their order
			words := strings.ReplaceAll(strings.Trim(fmt.Sprint(schema.Enum), "[]"), " ", ", ")
			if err := new(api.Options).Set(name, "?"); !strings.HasSuffix(err.Error(), "one of "+words) {
				t.Errorf("the contract allows %s: %v", words, err)
			}
		}
	}
}

// Every field of the replies is in the contract, required unless it can be left
// out, and nothing else is.
func TestContractHasEveryField(t *testing.T) {
	doc := loadContract(t)
	for name, value := range map[string]any{
		"Response": api.Response{}, "Detection": api.Detection{}, "Class": api.Class{}, "Mask": api.Mask{}, "RLE": api.RLE{},
		"Keypoint": api.Keypoint{}, "OBB": api.OBB{}, "Image": api.Image{}, "Speed": api.Speed{}, "Error": api.ErrorBody{},
		"Batch": api.Batch{}, "Metadata": modelInfo{},
		"Ultralytics": api.Ultralytics{}, "UltralyticsImage": api.UltralyticsImage{}, "UltralyticsResult": api.UltralyticsResult{},
		"UltralyticsPoints": api.UltralyticsPoints{}, "UltralyticsKeypoints": api.UltralyticsKeypoints{},
		"UltralyticsSpeed": api.UltralyticsSpeed{}, "UltralyticsMetadata": api.UltralyticsMetadata{},
		"Roboflow": api.Roboflow{}, "RoboflowPrediction": api.RoboflowPrediction{},
		"RoboflowPoint": api.RoboflowPoint{}, "RoboflowKeypoint": api.RoboflowKeypoint{},
	} {
		schema := doc.Components.Schemas[name]
		if schema == nil {
			t.Errorf("%s is not in the contract", name)
			continue
		}
		checkFields(t, name, reflect.TypeOf(value), schema.Value)
	}
	checkFields(t, "error", reflect.TypeFor[api.Error](), doc.Components.Schemas["Error"].Value.Properties["error"].Value)
}

func checkFields(t *testing.T, name string, typ reflect.Type, schema *openapi3.Schema) {
	t.Helper()
	all, required := fields(typ)
	if diff := cmp.Diff(slices.Sorted(slices.Values(all)), slices.Sorted(maps.Keys(schema.Properties))); diff != "" {
		t.Errorf("fields of %s: %s", name, diff)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(required)), slices.Sorted(slices.Values(schema.Required))); diff != "" {
		t.Errorf("required fields of %s: %s", name, diff)
	}
}

// fields are the names of a struct's fields in JSON, and those always there.
func fields(typ reflect.Type) (all, required []string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Pointer: // its fields may all be missing
			inner, _ := fields(f.Type.Elem())
			all = append(all, inner...)
		case f.Anonymous:
			inner, always := fields(f.Type)
			all, required = append(all, inner...), append(required, always...)
		case option == "omitempty":
			all = append(all, name)
		default:
			all, required = append(all, name), append(required, name)
		}
	}
	return all, required
}

// Every code of package api has its reply, under its status.
func TestContractHasEveryError(t *testing.T) {
	doc := loadContract(t)
	codes := errorCodes(t)
	for _, code := range codes {
		if doc.Components.Responses[string(code)] == nil {
			t.Errorf("no reply for the code %s", code)
		}
		if code == api.MethodNotAllowed {
			continue // its methods are not in the contract
		}
		for method, op := range doc.Paths.Find("/").Operations() {
			reply := op.Responses.Status(code.Status())
			if reply == nil || reply.Ref != "#/components/responses/"+string(code) {
				t.Errorf("%s: no reply %d %s", method, code.Status(), code)
			}
		}
	}
	var words []api.Code
	for _, word := range doc.Components.Schemas["Error"].Value.Properties["error"].Value.Properties["code"].Value.Enum {
		words = append(words, api.Code(word.(string)))
	}
	if diff := cmp.Diff(codes, words); diff != "" {
		t.Error(diff)
	}
}

// errorCodes reads the constants of type Code out of package api's source.
func errorCodes(t *testing.T) (codes []api.Code) {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), "../../api/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && spec.Type != nil && spec.Type.(*ast.Ident).Name == "Code" {
			text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			codes = append(codes, api.Code(text))
		}
		return true
	})
	if len(codes) == 0 {
		t.Fatal("found no codes")
	}
	return codes
}

// checkContract holds the body of a 200 to the contract.
func checkContract(t *testing.T, r request, body []byte) {
	t.Helper()
	doc := loadContract(t)
	method := r.method
	if method == "" {
		method = http.MethodPost
	}
	schema := doc.Paths.Find("/").GetOperation(method).Responses.Status(http.StatusOK).Value.Content["application/json"].Schema.Value
	var value any
	decode(t, body, &value)
	if err := doc.ValidateSchemaJSON(schema, value); err != nil {
		t.Error(err)
	}
}

// The contract would notice a reply that breaks it.
func TestContractRefuses(t *testing.T) {
	doc := loadContract(t)
	for schema, text := range map[string]string{
		"Response":  `{"detections":[{"box":[1,2,3],"conf":0.5,"cls":"car","cls_id":1}],"cold_start":true}`,
		"Detection": `{"box":[1,2,3,4],"conf":1.5,"cls":"car","cls_id":1}`,
		"OBB":       `{"corners":[[1,2],[3,4],[5,6]],"xywhr":[1,2,3,4,5]}`,
		"Error":     `{"error":{"code":"oops","message":""}}`,
		"Request":   `{"image":"QQ==","konf":0.5}`,
		"Metadata":  `{}`,
	} {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if err := doc.ValidateSchemaJSON(doc.Components.Schemas[schema].Value, value); err == nil {
			t.Errorf("%s allows %s", schema, text)
		}
	}
}
