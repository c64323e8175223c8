// The Kubernetes protocol over any ObjectStore: discovery, get, list, watch, create, update, patch, delete, tables,
// access reviews. `kubectl` cannot tell it from an API server in what it offers.
//
// It decides nothing: the caller has authenticated the user, rights/ decides, the store keeps its promises. Values of
// Secrets never leave through here: they are masked in every answer, and an empty value sent back means "unchanged", so
// that get, edit and apply work on a secret nobody can read.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "net/http.h"
#include "objects/object_store.h"
#include "rights/rights.h"

namespace windlass::kubeapi {

class KubeApi {
 public:
  /// `store` must outlive it. `now_millis` for ages and watches' deadlines are read through it.
  KubeApi(objects::ObjectStore& store, std::function<std::int64_t()> now_millis, std::string version)
      : store_(store), now_millis_(std::move(now_millis)), version_(std::move(version)) {}

  /// Whether a path is one of this protocol: /api, /apis, /version and what is below.
  static bool serves(std::string_view path);
  rt::Task<net::Response> handle(net::Request request, rights::User user);

 private:
  struct Target;
  objects::ApiTask<net::Response> answer(const net::Request& request, const rights::User& user,
                                         std::string_view& route);
  objects::ApiTask<net::Response> resource(const net::Request& request, const rights::User& user, Target target);
  objects::ApiTask<net::Response> list(const net::Request& request, const Target& target);
  objects::ApiTask<net::Response> watch(const net::Request& request, const Target& target);
  objects::ApiTask<net::Response> patch(const net::Request& request, const rights::User& user, const Target& target);
  objects::ApiTask<net::Response> remove(const net::Request& request, const Target& target);
  objects::ApiTask<net::Response> remove_collection(const net::Request& request, const Target& target);
  objects::Outcome<net::Response> review(const net::Request& request, const rights::User& user,
                                         std::string_view kind) const;
  net::Response object_response(const net::Request& request, const Target& target, int status,
                                data::Value object) const;

  objects::ObjectStore& store_;
  std::function<std::int64_t()> now_millis_;
  std::string version_;
};

}  // namespace windlass::kubeapi
