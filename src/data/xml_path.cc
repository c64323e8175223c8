#include "data/xml_path.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace windlass::data {

namespace {

constexpr std::size_t kMostSteps = 100;
constexpr std::size_t kMostPredicates = 10;

struct Predicate {
  std::optional<std::size_t> position;  ///< from 1
  bool last = false;
  bool attribute = false;  ///< of `name`, else of a child
  std::string name;
  std::optional<std::string> value;
};

struct Step {
  enum class Kind : std::uint8_t { element, text, attribute, self } kind = Kind::element;
  bool deep = false;  ///< `//`: at any depth
  std::string name;   ///< empty: any
  std::vector<Predicate> predicates;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(trim_blanks(text)) {}

  Result<std::vector<Step>> read() {
    std::vector<Step> out;
    if (text_.empty()) return wrong("it is empty");
    while (at_ < text_.size()) {
      if (out.size() == kMostSteps) return wrong("it has too many parts");
      if (!out.empty() && out.back().kind == Step::Kind::attribute) return wrong("an attribute has no parts");
      Step step;
      if (take('/')) {
        step.deep = take('/');
      } else if (!out.empty()) {
        return wrong("‘/’ is expected at " + std::to_string(at_ + 1));
      }
      if (at_ == text_.size() && out.empty() && !step.deep) break;  // "/" alone: the document
      WL_CHECK_OK(read_test(step));
      while (take('[')) {
        if (step.predicates.size() == kMostPredicates) return wrong("it has too many conditions");
        step.predicates.push_back(WL_TRY(read_predicate()));
      }
      out.push_back(std::move(step));
    }
    return out;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& why) const {
    return fail(ErrorKind::invalid, "‘" + std::string(text_) + "’ is no path that is known here: " + why);
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
  }
  std::string word() {
    const auto begin = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<> read_test(Step& step) {
    const bool attribute = take('@');
    if (attribute) step.kind = Step::Kind::attribute;
    if (take('*')) return {};
    step.name = word();
    if (step.name.empty()) return wrong("a name is missing at " + std::to_string(at_ + 1));
    if (step.name == "." && !attribute) {
      step.kind = Step::Kind::self;
      return {};
    }
    if (step.name == ".." || step.name.find("::") != std::string::npos) return wrong("it looks upwards or sideways");
    if (take('(')) {
      if (step.name != "text" || attribute || !take(')')) return wrong("of functions only text() and last() are known");
      step.kind = Step::Kind::text;
      step.name.clear();
    }
    return {};
  }

  Result<Predicate> read_predicate() {
    Predicate out;
    skip_blanks();
    out.attribute = take('@');
    const auto name = word();
    if (name.empty()) return wrong("a condition is missing at " + std::to_string(at_ + 1));
    std::size_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    if (!out.attribute && read.ec == std::errc() && read.ptr == name.data() + name.size()) {
      out.position = number;
    } else if (!out.attribute && name == "last" && take('(')) {
      if (!take(')')) return wrong("‘)’ is missing");
      out.last = true;
    } else {
      out.name = name;
      skip_blanks();
      if (take('=')) {
        skip_blanks();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        const auto end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
        if (end == std::string_view::npos) return wrong("a text in quotes is expected behind ‘=’");
        out.value = std::string(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
      }
    }
    skip_blanks();
    if (!take(']')) return wrong("‘]’ is missing");
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool holds(const Predicate& predicate, const XmlNode& node) {
  if (predicate.attribute) {
    const auto* found = node.find_attribute(predicate.name);
    return found != nullptr && (!predicate.value || *found == *predicate.value);
  }
  for (const auto& child : node.children) {
    if (child.name == predicate.name && (!predicate.value || child.content() == *predicate.value)) return true;
  }
  return false;
}

bool fits(const Step& step, const XmlNode& node) {
  if (step.kind == Step::Kind::text) return node.is_text();
  return !node.is_text() && (step.name.empty() || node.name == step.name);
}

/// Of the children of one node those that the step means: positions count among them.
void add_children(const Step& step, const std::vector<XmlNode>& children, std::vector<const XmlNode*>& out) {
  std::vector<const XmlNode*> chosen;
  for (const auto& child : children) {
    if (fits(step, child)) chosen.push_back(&child);
  }
  for (const auto& predicate : step.predicates) {
    std::vector<const XmlNode*> left;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const bool good = predicate.position ? i + 1 == *predicate.position
                        : predicate.last   ? i + 1 == chosen.size()
                                           : holds(predicate, *chosen[i]);
      if (good) left.push_back(chosen[i]);
    }
    chosen = std::move(left);
  }
  out.insert(out.end(), chosen.begin(), chosen.end());
}

/// The node and all below it, in order, each once.
void add_all(const XmlNode& node, std::unordered_set<const XmlNode*>& seen, std::vector<const XmlNode*>& out) {
  if (node.is_text() || !seen.insert(&node).second) return;
  out.push_back(&node);
  for (const auto& child : node.children) add_all(child, seen, out);
}

using Order = std::unordered_map<const XmlNode*, std::size_t>;

void number_all(const XmlNode& node, Order& order) {
  order.emplace(&node, order.size());
  for (const auto& child : node.children) number_all(child, order);
}

}  // namespace

Result<std::vector<XmlPathMatch>> find_xml_path(const XmlNode& root, std::string_view path, std::size_t most) {
  const auto steps = WL_TRY(Reader(path).read());
  std::vector<XmlPathMatch> out;
  std::vector<const XmlNode*> at;  // besides the document, whose one child is the root
  bool at_document = true;
  Order order;
  for (const auto& step : steps) {
    std::vector<const XmlNode*> from = std::move(at);
    at.clear();
    bool from_document = at_document;
    if (step.deep) {
      std::unordered_set<const XmlNode*> seen;
      std::vector<const XmlNode*> all;
      if (from_document) add_all(root, seen, all);
      for (const auto* node : from) add_all(*node, seen, all);
      from = std::move(all);
    }
    if (step.kind == Step::Kind::self) {
      at = std::move(from);
      continue;
    }
    at_document = false;
    if (step.kind == Step::Kind::attribute) {
      for (const auto* node : from) {
        for (const auto& attribute : node->attributes) {
          if (out.size() < most && (step.name.empty() || attribute.name == step.name))
            out.push_back({node, &attribute});
        }
      }
      return out;
    }
    if (from_document && fits(step, root)) {
      bool good = true;
      for (const auto& predicate : step.predicates) {
        good = good && (predicate.position ? *predicate.position == 1 : predicate.last || holds(predicate, root));
      }
      if (good) at.push_back(&root);
    }
    for (const auto* node : from) add_children(step, node->children, at);
    if (step.deep) {
      // A node's children were looked at before those of its children.
      if (order.empty()) number_all(root, order);
      std::ranges::sort(at, {}, [&](const XmlNode* node) { return order.at(node); });
    }
  }
  if (at_document) at.push_back(&root);
  for (const auto* node : at) {
    if (out.size() == most) break;
    out.push_back({node, nullptr});
  }
  return out;
}

}  // namespace windlass::data
