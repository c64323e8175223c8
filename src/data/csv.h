// Comma-separated values as commons-csv's default format reads and writes them (RFC 4180 with empty lines skipped and
// any line ending accepted), which is what readCSV and writeCSV use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::data {

struct CsvFormat {
  char delimiter = ',';
  char quote = '"';  ///< 0: no quoting
  char comment = 0;  ///< a line that starts with it is skipped; 0: none
  bool ignore_empty_lines = true;
  bool trim = false;                      ///< blanks around unquoted fields
  std::string record_separator = "\r\n";  ///< for writing
};

struct CsvLimits {
  std::size_t max_bytes = 64u * 1024 * 1024;
  std::size_t max_fields = 10'000'000;
};

using CsvRecord = std::vector<std::string>;

/// All records. Errors: invalid ("CSV, line 3: …") for text behind a closing quote or a quote without end; exhausted.
Result<std::vector<CsvRecord>> parse_csv(std::string_view text, const CsvFormat& format = {},
                                         const CsvLimits& limits = {});
/// Fields are quoted only where commons-csv quotes them.
std::string format_csv(const std::vector<CsvRecord>& records, const CsvFormat& format = {});

}  // namespace windlass::data
