#include "data/go_template.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace windlass::data {
namespace {

constexpr const char* kData = R"({"param":{"name":"Ada","n":8080,"big":1000000,"f":1.5,"yes":true,"no":false,"empty":"",
  "list":["a","b","c"],"map":{"z":1,"y":2},"html":"<a href=\"x\">"}})";

std::string render(std::string_view text, GoTemplateOptions options = {}) {
  auto parsed = GoTemplate::parse(text, std::move(options));
  if (!parsed) return "PARSE " + parsed.error().message;
  auto out = parsed->render(*parse_json(kData));
  return out ? *out : "RENDER " + out.error().message;
}

struct Case {
  const char* text;
  const char* wanted;
};

TEST(GoTemplate, Gives) {
  // What Go 1.19's text/template gives for the same text and data, but for `big` (see the header).
  const Case cases[] = {
      {"plain", "plain"},
      {"", ""},
      {"{{.param.name}}!", "Ada!"},
      {"{{ .param.n }}", "8080"},
      {"{{.param.big}} {{.param.f}}", "1000000 1.5"},
      {"{{.param.missing}}", "<no value>"},
      {"{{.param.yes}} {{.param.list}} {{.param.map}}", "true [a b c] map[y:2 z:1]"},
      {"a {{- 1 -}} b", "a1b"},
      {"a {{- /* c */ -}} b", "ab"},
      {"{{/* c */}}x", "x"},
      {"{{if .param.yes}}y{{else}}n{{end}}", "y"},
      {"{{if .param.no}}y{{else if .param.n}}m{{else}}n{{end}}", "m"},
      {"{{if .param.empty}}y{{end}}", ""},
      {"{{with .param.map}}{{.z}}{{end}}", "1"},
      {"{{with .param.empty}}y{{else}}{{.param.name}}{{end}}", "Ada"},
      {"{{range .param.list}}<{{.}}>{{end}}", "<a><b><c>"},
      {"{{range $i, $v := .param.list}}{{$i}}={{$v}} {{end}}", "0=a 1=b 2=c "},
      {"{{range $k, $v := .param.map}}{{$k}}{{$v}}{{end}}", "y2z1"},
      {"{{range .param.none}}x{{else}}none{{end}}", "none"},
      {"{{range .param.list}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"},
      {"{{range .param.list}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
      {"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"},
      {"{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"},
      {"{{range .param.list}}{{$.param.n}}{{end}}", "808080808080"},
      {"{{printf \"%s-%d %q %5d|%-5s|%05d\" .param.name 7 \"x\" 42 \"ab\" 42}}", "Ada-7 \"x\"    42|ab   |00042"},
      {"{{.param.name | printf \"%s!\"}}", "Ada!"},
      {"{{\"a\\tb\\n\\u00e4\" | printf \"%s\"}}", "a\tb\n\xc3\xa4"},
      {"{{`raw \\n`}}", "raw \\n"},
      {"{{'a'}}", "97"},
      {"{{len .param.list}} {{index .param.list 1}} {{index .param.map \"z\"}}", "3 b 1"},
      {"{{slice .param.name 1 2}}", "d"},
      {"{{html .param.html}}", "&lt;a href=&#34;x&#34;&gt;"},
      {"{{and 1 0}} {{or 0 \"x\"}} {{not true}}", "0 x false"},
      {"{{or .param.name .param.n.x}}", "Ada"},
      {"{{if and .param.yes (eq .param.name \"Ada\" \"Bob\")}}ok{{end}}", "ok"},
      {"{{lt 1 2}} {{ge 1 2}} {{ne \"a\" \"b\"}}", "true false true"},
      {"{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .param.name}}", "[Ada]"},
      {"{{block \"t\" .param.n}}<{{.}}>{{end}}", "<8080>"},
      {"{{(index .param.list 0)}}{{(.param.map).z}}", "a1"},
      {"{{0x10}} {{-3}} {{1e3}}", "16 -3 1000"},
      {"{{print 1 2 \"a\" \"b\" 3}}", "1 2ab3"},
  };
  for (const auto& one : cases) EXPECT_EQ(render(one.text), one.wanted) << one.text;
}

TEST(GoTemplate, Refuses) {
  const Case cases[] = {
      {"{{", "PARSE template: template:1: unclosed action"},
      {"\n{{foo}}", "PARSE template: template:2: function \"foo\" not defined"},
      {"{{if .x}}", "PARSE template: template:1: unexpected EOF"},
      {"{{end}}", "PARSE template: template:1: unexpected {{end}}"},
      {"{{else}}", "PARSE template: template:1: unexpected {{else}}"},
      {"{{.a | 1}}", "PARSE template: template:1: non executable command in pipeline stage 2"},
      {"{{if}}x{{end}}", "PARSE template: template:1: missing value for if"},
      {"{{.a \"b}}", "PARSE template: template:1: unterminated quoted string"},
      {"{{break}}", "PARSE template: template:1: {{break}} outside {{range}}"},
      {"{{.param.n.x}}", "RENDER template: template:1: can't evaluate field x in type int"},
      {"{{eq 1 \"a\"}}", "RENDER template: template:1: incompatible types for comparison"},
      {"{{$x}}", "RENDER template: template:1: undefined variable \"$x\""},
      {"{{len 1}}", "RENDER template: template:1: error calling len: len of type int"},
      {"{{index .param.list 9}}", "RENDER template: template:1: error calling index: index out of range: 9"},
      {"{{range 5}}{{end}}", "RENDER template: template:1: range can't iterate over 5"},
      {"{{template \"x\"}}", "RENDER template: template:1: template \"x\" not defined"},
      {"{{define \"t\"}}{{template \"t\"}}{{end}}{{template \"t\"}}",
       "RENDER template: template:1: exceeded maximum template depth"},
  };
  for (const auto& one : cases) EXPECT_EQ(render(one.text), one.wanted) << one.text;
}

TEST(GoTemplate, OtherDelimiters) {
  GoTemplateOptions options;
  options.open = "$(";
  options.close = ")";
  EXPECT_EQ(render("sh '$( .param.name )' and $x and {{y}}", options), "sh 'Ada' and $x and {{y}}");
  EXPECT_EQ(render("$(if eq .param.name \"Ada\")yes$(end)", options), "yes");
  EXPECT_EQ(render("$(date)", options), "PARSE template: template:1: function \"date\" not defined");
}

TEST(GoTemplate, IsBounded) {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "{{if 1}}";
  EXPECT_EQ(render(deep), "PARSE template: template:1: too deeply nested");
  EXPECT_EQ(render("{{" + std::string(5000, '(')), "PARSE template: template:1: too deeply nested");
  std::string loops = "{{range .param.list}}{{range $.param.list}}{{range $.param.list}}{{range $.param.list}}";
  for (int i = 0; i < 3; ++i) loops += "{{range $.param.list}}{{range $.param.list}}";
  loops += "x";
  for (int i = 0; i < 10; ++i) loops += "{{end}}";
  GoTemplateOptions few;
  few.max_steps = 10'000;
  EXPECT_EQ(render(loops, few), "RENDER template: template:1: takes too many steps");
  GoTemplateOptions small;
  small.max_output_bytes = 5;
  EXPECT_EQ(render("123456", small), "RENDER template: template:1: gives more than 5 bytes");
}

}  // namespace
}  // namespace windlass::data
