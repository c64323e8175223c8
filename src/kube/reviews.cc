#include "kube/reviews.h"

#include <algorithm>

namespace windlass::kube {

using data::Value;
using objects::Outcome;

namespace {

Value texts(const std::vector<std::string>& from) {
  Value out = Value::list();
  for (const auto& one : from) out.push(one);
  return out;
}

std::vector<std::string> texts(const Value* from) {
  std::vector<std::string> out;
  if (from == nullptr) return out;
  for (const auto& one : from->items()) {
    if (one.is_string()) out.push_back(one.text());
  }
  return out;
}

void set_attributes(Value& spec, const Attributes& what) {
  if (!what.path.empty()) {
    spec.set("nonResourceAttributes", Value::map_of("path", what.path, "verb", what.verb));
    return;
  }
  Value attributes = Value::map_of("verb", what.verb, "resource", what.resource);
  for (const auto& [key, value] : {std::pair("group", &what.group), std::pair("subresource", &what.subresource),
                                   std::pair("name", &what.name), std::pair("namespace", &what.namespace_)}) {
    if (!value->empty()) attributes.set(key, *value);
  }
  spec.set("resourceAttributes", std::move(attributes));
}

Value review(std::string_view api_version, std::string_view kind, Value spec) {
  return Value::map_of("apiVersion", api_version, "kind", kind, "spec", std::move(spec));
}

}  // namespace

std::string Attributes::text() const {
  if (!path.empty()) return verb + " " + path;
  std::string out = verb + " " + resource;
  if (!group.empty()) out += "." + group;
  if (!subresource.empty()) out += "/" + subresource;
  if (!name.empty()) out += " " + name;
  if (!namespace_.empty()) out += " in namespace " + namespace_;
  return out;
}

Value token_review(std::string_view token, const std::vector<std::string>& audiences) {
  Value spec = Value::map_of("token", token);
  if (!audiences.empty()) spec.set("audiences", texts(audiences));
  return review("authentication.k8s.io/v1", "TokenReview", std::move(spec));
}

Outcome<Person> read_token_review(const Value& answer, const std::vector<std::string>& audiences) {
  const Value* status = answer.find("status");
  if (answer.get_string("kind") != "TokenReview" || status == nullptr) {
    return objects::internal("the answer to a TokenReview is none");
  }
  if (!status->get_bool("authenticated")) return objects::unauthorized();
  if (!audiences.empty()) {
    const auto checked = texts(status->find("audiences"));
    const bool ours = std::any_of(checked.begin(), checked.end(), [&](const auto& one) {
      return std::find(audiences.begin(), audiences.end(), one) != audiences.end();
    });
    if (!ours) return objects::unauthorized();
  }
  const Value* user = status->find("user");
  Person out;
  if (user != nullptr) {
    out.name = user->get_string("username");
    out.uid = user->get_string("uid");
    out.groups = texts(user->find("groups"));
    if (const Value* extra = user->find("extra")) {
      for (const auto& [key, values] : extra->members()) out.extra.emplace_back(key, texts(&values));
    }
  }
  if (out.name.empty()) return objects::internal("the answer to a TokenReview names nobody");
  return out;
}

Value subject_access_review(const Person& person, const Attributes& what) {
  Value spec = Value::map_of("user", person.name);
  if (!person.uid.empty()) spec.set("uid", person.uid);
  if (!person.groups.empty()) spec.set("groups", texts(person.groups));
  if (!person.extra.empty()) {
    Value extra = Value::map();
    for (const auto& [key, values] : person.extra) extra.set(key, texts(values));
    spec.set("extra", std::move(extra));
  }
  set_attributes(spec, what);
  return review("authorization.k8s.io/v1", "SubjectAccessReview", std::move(spec));
}

Value self_subject_access_review(const Attributes& what) {
  Value spec = Value::map();
  set_attributes(spec, what);
  return review("authorization.k8s.io/v1", "SelfSubjectAccessReview", std::move(spec));
}

Outcome<Verdict> read_access_review(const Value& answer) {
  const Value* status = answer.find("status");
  if (status == nullptr || !status->is_map() || status->find("allowed") == nullptr) {
    return objects::internal("the answer to an access review is none");
  }
  Verdict out;
  out.denied = status->get_bool("denied");
  out.allowed = status->get_bool("allowed") && !out.denied;
  out.reason = status->get_string("reason");
  if (out.reason.empty()) out.reason = status->get_string("evaluationError");
  return out;
}

}  // namespace windlass::kube
