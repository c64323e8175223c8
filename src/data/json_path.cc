#include "data/json_path.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace windlass::data {

namespace {

constexpr int kDeepest = 200;
constexpr std::size_t kMostSteps = 100;

struct Step {
  bool deep = false;  ///< `..`: at any depth below
  bool all = false;   ///< `*`
  std::string name;
  std::optional<std::int64_t> index;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<Step>> read() {
    std::vector<Step> out;
    if (text_.starts_with('$')) ++at_;
    while (at_ < text_.size()) {
      if (out.size() == kMostSteps) return wrong("it has too many parts");
      Step step;
      if (text_[at_] == '.') {
        ++at_;
        step.deep = at_ < text_.size() && text_[at_] == '.';
        if (step.deep) ++at_;
        if (at_ < text_.size() && text_[at_] == '[') {
          if (!step.deep) return wrong("a name is missing behind a dot");
          if (auto done = bracket(step); !done) return fail(done.error());
        } else if (auto done = word(step); !done) {
          return fail(done.error());
        }
      } else if (text_[at_] == '[') {
        if (auto done = bracket(step); !done) return fail(done.error());
      } else if (at_ == 0) {
        if (auto done = word(step); !done) return fail(done.error());
      } else {
        return wrong("‘.’ or ‘[’ is expected at " + std::to_string(at_ + 1));
      }
      out.push_back(std::move(step));
    }
    return out;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& why) const {
    return fail(ErrorKind::invalid, "‘" + std::string(text_) + "’ is no path that is known here: " + why);
  }
  Result<> word(Step& step) {
    const auto end = std::min(text_.find_first_of(".[", at_), text_.size());
    step.name = text_.substr(at_, end - at_);
    step.all = step.name == "*";
    at_ = end;
    if (step.name.empty()) return wrong("a name is missing");
    return {};
  }
  Result<> bracket(Step& step) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      const char quote = text_[at_++];
      for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        step.name += text_[at_];
      }
      ++at_;
    } else {
      const auto end = std::min(text_.find(']', at_), text_.size());
      const auto inner = text_.substr(at_, end - at_);
      at_ = end;
      step.all = inner == "*";
      if (!step.all) {
        std::int64_t number = 0;
        const auto [stop, error] = std::from_chars(inner.data(), inner.data() + inner.size(), number);
        if (error != std::errc() || stop != inner.data() + inner.size()) {
          return wrong("‘[" + std::string(inner) + "]’ is neither a number, a name in quotes nor *");
        }
        step.index = number;
      }
    }
    if (at_ >= text_.size() || text_[at_] != ']') return wrong("a ‘]’ is missing");
    ++at_;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Finder {
 public:
  Finder(std::size_t most, std::vector<const Value*>& out) : most_(most), out_(out) {}

  void take(const Value& value, const Step& step, int depth) {
    if (out_.size() >= most_ || depth > kDeepest) return;
    if (step.all) {
      for_each(value, [&](const Value& one) { add(one); });
    } else if (step.index) {
      if (value.is_list()) {
        const auto size = static_cast<std::int64_t>(value.size());
        const auto at = *step.index < 0 ? size + *step.index : *step.index;
        if (at >= 0 && at < size) add(value.items()[static_cast<std::size_t>(at)]);
      }
    } else if (value.is_map()) {
      if (const auto* found = value.find(step.name)) add(*found);
    }
    if (step.deep) for_each(value, [&](const Value& one) { take(one, step, depth + 1); });
  }

 private:
  void add(const Value& value) {
    if (out_.size() < most_) out_.push_back(&value);
  }
  template <class F>
  static void for_each(const Value& value, F call) {
    if (value.is_list()) {
      for (const auto& one : value.items()) call(one);
    } else if (value.is_map()) {
      for (const auto& entry : value.members()) call(entry.value);
    }
  }

  std::size_t most_;
  std::vector<const Value*>& out_;
};

}  // namespace

Result<JsonPathMatches> find_json_path(const Value& document, std::string_view path, std::size_t most) {
  const auto steps = WL_TRY(Reader(path).read());
  JsonPathMatches out;
  out.values.push_back(&document);
  for (const auto& step : steps) {
    out.several = out.several || step.all || step.deep;
    std::vector<const Value*> next;
    Finder finder(most, next);
    for (const auto* value : out.values) finder.take(*value, step, 0);
    out.values = std::move(next);
  }
  return out;
}

}  // namespace windlass::data
