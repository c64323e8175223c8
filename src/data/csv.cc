#include "data/csv.h"

#include <algorithm>

namespace windlass::data {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

class Parser {
 public:
  Parser(std::string_view text, const CsvFormat& format, const CsvLimits& limits)
      : text_(text), format_(format), limits_(limits) {}

  Result<std::vector<CsvRecord>> run() {
    if (text_.size() > limits_.max_bytes) {
      return fail(ErrorKind::exhausted, "CSV text has " + std::to_string(text_.size()) +
                                            " bytes, more than the limit of " + std::to_string(limits_.max_bytes));
    }
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      if (format_.comment != 0 && text_[at_] == format_.comment) {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
        line_end();
        continue;
      }
      if (format_.ignore_empty_lines && line_end()) continue;
      CsvRecord record = WL_TRY(read_record());
      records.push_back(std::move(record));
    }
    return records;
  }

 private:
  Result<CsvRecord> read_record() {
    CsvRecord record;
    for (;;) {
      if (++fields_ > limits_.max_fields) {
        return fail(ErrorKind::exhausted, "CSV text has more than " + std::to_string(limits_.max_fields) + " fields");
      }
      // A quote counts only at the very start of a field, unless blanks there are dropped anyway.
      if (format_.trim) {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t') && text_[at_] != format_.delimiter)
          ++at_;
      }
      if (format_.quote != 0 && at_ < text_.size() && text_[at_] == format_.quote) {
        record.push_back(WL_TRY(quoted()));
      } else {
        const std::size_t start = at_;
        while (at_ < text_.size() && text_[at_] != format_.delimiter && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
        const std::string_view field = text_.substr(start, at_ - start);
        record.emplace_back(format_.trim ? trim(field) : field);
      }
      if (at_ >= text_.size()) return record;
      if (text_[at_] == format_.delimiter) {
        ++at_;
        continue;
      }
      line_end();
      return record;
    }
  }

  Result<std::string> quoted() {
    const std::size_t first_line = line_;
    ++at_;
    std::string out;
    for (;;) {
      if (at_ >= text_.size()) {
        return fail(ErrorKind::invalid,
                    "CSV, line " + std::to_string(first_line) + ": a quoted field has no closing quote");
      }
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != format_.quote) {
        out += c;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == format_.quote) {
        out += c;
        ++at_;
        continue;
      }
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t') && text_[at_] != format_.delimiter) ++at_;
      if (at_ < text_.size() && text_[at_] != format_.delimiter && text_[at_] != '\n' && text_[at_] != '\r') {
        return fail(ErrorKind::invalid, "CSV, line " + std::to_string(line_) +
                                            ": text follows a closing quote; double the quotes inside of a field");
      }
      return out;
    }
  }

  bool line_end() {
    if (at_ >= text_.size() || (text_[at_] != '\n' && text_[at_] != '\r')) return false;
    at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
    ++line_;
    return true;
  }

  std::string_view text_;
  const CsvFormat& format_;
  const CsvLimits& limits_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t fields_ = 0;
};

bool needs_quotes(std::string_view field, bool first, const CsvFormat& format) {
  if (field.empty()) return first;
  if (static_cast<unsigned char>(field.front()) <= '#') return true;
  if (first && field.starts_with("\xEF\xBB\xBF")) return true;  // or it would pass for the byte-order mark of the file
  if (format.comment != 0 && field.front() == format.comment) return true;
  const char special[] = {'\n', '\r', format.quote, format.delimiter};
  if (field.find_first_of(std::string_view(special, 4)) != std::string_view::npos) return true;
  return static_cast<unsigned char>(field.back()) <= ' ';
}

}  // namespace

Result<std::vector<CsvRecord>> parse_csv(std::string_view text, const CsvFormat& format, const CsvLimits& limits) {
  return Parser(text, format, limits).run();
}

std::string format_csv(const std::vector<CsvRecord>& records, const CsvFormat& format) {
  std::string out;
  for (const auto& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      if (i > 0) out += format.delimiter;
      if (format.quote == 0 || !needs_quotes(record[i], i == 0, format)) {
        out += record[i];
        continue;
      }
      out += format.quote;
      for (char c : record[i]) {
        if (c == format.quote) out += c;
        out += c;
      }
      out += format.quote;
    }
    out += format.record_separator;
  }
  return out;
}

}  // namespace windlass::data
