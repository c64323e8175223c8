// People whom the cluster knows: bearer tokens that are neither ours nor KubeSphere's are asked about there
// (TokenReview), and, where that is configured, whether somebody may do what roles here do not allow
// (SubjectAccessReview).
//
// Only ever a cluster's own word is taken: a token counts for the audiences that were asked for and no other, whoever
// the cluster cannot be asked about is nobody (`unavailable`, never a guess), and its users are `cluster:NAME` here, so
// that none of them is taken for an account of the same name. Answers are kept by digest, shortly and boundedly.
// Reactor thread. Source: docs/security.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/reviews.h"
#include "objects/object_store.h"
#include "rights/rights.h"
#include "rt/task.h"

namespace windlass::server {

struct ClusterSignInOptions {
  std::function<objects::ApiTask<kube::Person>(std::string token, std::vector<std::string> audiences)> review_token;
  std::function<objects::ApiTask<kube::Verdict>(kube::Person person, kube::Attributes what)> review_access;
  std::vector<std::string> audiences = {"windlass"};  ///< never empty: a token for the API server is not one for us
  bool access_reviews = false;
  std::function<std::chrono::steady_clock::time_point()> now;
};

class ClusterSignIn {
 public:
  static constexpr std::chrono::seconds kKnown{30}, kUnknown{3};    ///< how long an answer about a token holds
  static constexpr std::chrono::seconds kAllowed{10}, kRefused{5};  ///< about a right
  static constexpr std::size_t kMostKept = 1024, kMostAtOnce = 16;

  explicit ClusterSignIn(ClusterSignInOptions options) : options_(std::move(options)) {}

  /// From the configuration file, while the server runs.
  void configure(std::vector<std::string> audiences, bool access_reviews);
  /// Whether it is a token that the cluster may be asked about at all: not ours, not one that KubeSphere could have
  /// signed.
  static bool may_be_of_cluster(std::string_view token);
  /// What was answered a moment ago: somebody, nobody (a user without a name), or nothing.
  [[nodiscard]] std::optional<rights::User> kept(std::string_view token);
  /// Asks. Nobody: a user without a name. Errors: unavailable, with a sentence for whoever sent it.
  rt::Task<rights::User> review(std::string token);
  /// Whether the cluster lets that person do it; only about objects in a namespace, only people whom it knows. False
  /// where it is not asked. Errors: unavailable.
  rt::Task<bool> allows(rights::User user, rights::Attributes what);

 private:
  template <class T>
  class Answers {
   public:
    std::optional<T> find(const std::string& key, std::chrono::steady_clock::time_point now);
    void put(std::string key, T value, std::chrono::steady_clock::time_point until);
    void clear() { entries_.clear(), order_.clear(); }

   private:
    struct Entry {
      T value;
      std::chrono::steady_clock::time_point until;
      std::list<std::string>::iterator place;
    };
    std::map<std::string, Entry> entries_;
    std::list<std::string> order_;  ///< oldest first
  };

  [[nodiscard]] std::string key_of(std::string_view token) const;

  ClusterSignInOptions options_;
  Answers<rights::User> people_;
  Answers<bool> verdicts_;
  std::size_t at_once_ = 0;
};

}  // namespace windlass::server
