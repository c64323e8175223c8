// JUnit XML reports (Ant, Surefire, Gradle, pytest, Jest, Go, CTest and relatives) to suites and cases. There is no
// standard: counts in the file are ignored and counted again, missing attributes are allowed, suites may nest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/xml.h"

namespace windlass::data {

enum class TestOutcome : std::uint8_t { passed, failed, skipped };

struct TestCase {
  std::string class_name;  ///< `classname`, else the part of the name before its last dot, else the suite's name
  std::string name;        ///< "(?)" is never used: a case without name is called "unnamed"
  double seconds = 0;
  TestOutcome outcome = TestOutcome::passed;
  bool is_error = false;  ///< failed by <error>, not by <failure>
  std::string message;    ///< of the failure, error or skip
  std::string details;    ///< its text: the stack trace
  std::string output;     ///< system-out of the case
  std::string error_output;
};

struct TestSuite {
  std::string name;       ///< nested suites carry their own name only
  std::string timestamp;  ///< as written
  double seconds = 0;     ///< `time`, else the sum of its cases
  std::vector<TestCase> cases;
  std::string output;
  std::string error_output;
};

struct TestReport {
  std::vector<TestSuite> suites;  ///< flattened, in the order of the file; suites without cases are left out
  std::size_t total = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  [[nodiscard]] std::size_t passed() const { return total - failed - skipped; }
};

struct JunitOptions {
  XmlParseOptions xml;
  std::size_t max_text = 512 * 1024;  ///< bytes kept of each message, trace and output; the rest is cut with a note
};

/// Errors: as parse_xml; invalid when the root is neither <testsuites>, <testsuite> nor <testcase>.
Result<TestReport> parse_junit(std::string_view text, const JunitOptions& options = {});

/// Seconds of a `time` attribute: "1.5", "1,234.5" and "1.234,5" (both thousands forms exist); 0 when unreadable.
double parse_junit_seconds(std::string_view text);

}  // namespace windlass::data
