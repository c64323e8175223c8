#include "data/junit.h"

#include <charconv>
#include <cmath>

#include "data/utf8.h"

namespace windlass::data {

namespace {

// Cuts at a whole character.
std::string clip(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  const std::size_t dropped = text.size() - limit;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "\n…[" + std::to_string(dropped) + " more bytes]";
}

std::string texts_of(const XmlNode& node, std::string_view child, std::size_t limit) {
  std::string out;
  for (const auto& one : node.children) {
    if (one.name == child) out += one.content();
    if (out.size() > limit) break;
  }
  return clip(std::move(out), limit);
}

TestCase read_case(const XmlNode& node, const std::string& suite, std::size_t limit) {
  TestCase out;
  out.name = node.attribute("name");
  out.class_name = node.attribute("classname");
  if (out.class_name.empty()) out.class_name = node.attribute("class");
  if (out.class_name.empty()) {
    const std::size_t dot = out.name.rfind('.');
    if (dot != std::string::npos && dot > 0 && dot + 1 < out.name.size()) {
      out.class_name = out.name.substr(0, dot);
      out.name.erase(0, dot + 1);
    } else {
      out.class_name = suite;
    }
  }
  if (out.name.empty()) out.name = "unnamed";
  out.seconds = parse_junit_seconds(node.attribute("time"));
  const XmlNode* verdict = node.find("error");
  out.is_error = verdict != nullptr;
  if (verdict == nullptr) verdict = node.find("failure");
  if (verdict != nullptr) {
    out.outcome = TestOutcome::failed;
  } else if ((verdict = node.find("skipped")) != nullptr || (verdict = node.find("ignored")) != nullptr) {
    out.outcome = TestOutcome::skipped;
  }
  if (verdict != nullptr) {
    out.message = clip(verdict->attribute("message"), limit);
    out.details = clip(verdict->content(), limit);
  }
  out.output = texts_of(node, "system-out", limit);
  out.error_output = texts_of(node, "system-err", limit);
  return out;
}

}  // namespace

double parse_junit_seconds(std::string_view text) {
  std::string plain;
  const std::size_t last = text.find_last_of(".,");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' || text[i] == ',') {
      // Only the last mark can be the decimal one; a comma before exactly three digits and no other mark is thousands.
      const bool thousands = text[i] == ',' && text.find('.') == std::string_view::npos && text.size() - i == 4 &&
                             i > 0 && text.find(',') == i && text[0] != '0';
      if (i == last && !thousands) plain += '.';
    } else {
      plain += text[i];
    }
  }
  double out = 0;
  auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), out);
  return error == std::errc() && std::isfinite(out) && out > 0 ? out : 0;
}

Result<TestReport> parse_junit(std::string_view text, const JunitOptions& options) {
  const XmlNode root = WL_TRY(parse_xml(text, options.xml));
  TestReport report;
  if (root.name == "testcase") {
    report.suites.push_back({.cases = {}});
    report.suites.back().cases.push_back(read_case(root, "", options.max_text));
  } else if (root.name != "testsuites" && root.name != "testsuite") {
    return fail(ErrorKind::invalid, "test report: expected the root element <testsuites> or <testsuite>, found <" +
                                        root.name.substr(0, 60) + ">");
  }
  // Depth first, in document order; a <testsuites> may hold cases of its own.
  std::vector<const XmlNode*> work;
  if (root.name != "testcase") work.push_back(&root);
  while (!work.empty()) {
    const XmlNode& node = *work.back();
    work.pop_back();
    TestSuite suite;
    suite.name = node.attribute("name");
    if (const std::string package = node.attribute("package"); !package.empty() && !suite.name.starts_with(package)) {
      suite.name = suite.name.empty() ? package : package + "." + suite.name;
    }
    suite.timestamp = node.attribute("timestamp");
    suite.seconds = parse_junit_seconds(node.attribute("time"));
    double sum = 0;
    for (const auto& child : node.children) {
      if (child.name != "testcase") continue;
      suite.cases.push_back(read_case(child, suite.name, options.max_text));
      sum += suite.cases.back().seconds;
    }
    if (suite.seconds == 0) suite.seconds = sum;
    suite.output = texts_of(node, "system-out", options.max_text);
    suite.error_output = texts_of(node, "system-err", options.max_text);
    if (!suite.cases.empty()) report.suites.push_back(std::move(suite));
    for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
      if (child->name == "testsuite" || child->name == "testsuites") work.push_back(&*child);
    }
  }
  for (const auto& suite : report.suites) {
    for (const auto& one : suite.cases) {
      ++report.total;
      if (one.outcome == TestOutcome::failed) ++report.failed;
      if (one.outcome == TestOutcome::skipped) ++report.skipped;
    }
  }
  return report;
}

}  // namespace windlass::data
