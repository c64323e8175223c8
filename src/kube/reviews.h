// Questions to the API server about people: whose token is it (TokenReview), may somebody do something
// (SubjectAccessReview), may we (SelfSubjectAccessReview). Bodies and answers, pure; Client sends them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"

namespace windlass::kube {

struct Person {
  std::string name, uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

/// What somebody wants to do.
struct Attributes {
  std::string verb;  ///< "get", "create", "watch" …
  std::string group, resource, subresource, name, namespace_;
  std::string path;  ///< instead of a resource: "/metrics"
  /// "create pods/exec in namespace x": for sentences.
  [[nodiscard]] std::string text() const;
};

struct Verdict {
  bool allowed = false;
  bool denied = false;  ///< more than not allowed: nobody else may allow it
  std::string reason;
};

data::Value token_review(std::string_view token, const std::vector<std::string>& audiences);
/// The person, or 401 when the server does not know the token. `audiences` are those that were asked for: a server that
/// does not answer for one of them has not checked them, and its word does not count.
objects::Outcome<Person> read_token_review(const data::Value& answer, const std::vector<std::string>& audiences);

data::Value subject_access_review(const Person& person, const Attributes& what);
data::Value self_subject_access_review(const Attributes& what);
objects::Outcome<Verdict> read_access_review(const data::Value& answer);

}  // namespace windlass::kube
