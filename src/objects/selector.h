// Label and field selectors of the Kubernetes API: text to requirements, requirements against an object. Pure.
//
//   labels: a=b, a==b, a!=b, a in (x,y), a notin (x,y), a, !a       fields: metadata.name=x, status.phase!=y
// A requirement with != or notin also holds where the label is missing. Source: Kubernetes' labels and fields packages
// by behaviour.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"

namespace windlass::objects {

struct Requirement {
  enum class Operator : unsigned char { exists, missing, in, not_in };
  std::string key;
  Operator op = Operator::exists;
  std::vector<std::string> values;
};

class LabelSelector {
 public:
  /// Empty text selects everything. Fails with 400 and what is wrong where; at most 16 KiB.
  static Outcome<LabelSelector> parse(std::string_view text);
  /// `labels` is the map of metadata.labels or null.
  [[nodiscard]] bool matches(const data::Value* labels) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  /// Only `=`, `==` and `!=`, joined by commas.
  static Outcome<FieldSelector> parse(std::string_view text);
  /// Fields are paths with dots into the object; missing ones are "".
  [[nodiscard]] bool matches(const data::Value& object) const;
  [[nodiscard]] bool empty() const { return requirements_.empty(); }
  [[nodiscard]] const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
};

/// Qualified names, label values, DNS names: what may stand where. The sentence says what is wrong; "" is right.
std::string check_qualified_name(std::string_view name);
std::string check_label_value(std::string_view value);
/// RFC 1123 subdomain, at most 253; label, at most 63.
std::string check_dns_subdomain(std::string_view name);
std::string check_dns_label(std::string_view name);

}  // namespace windlass::objects
