// What one route of KubeSphere's API is: a row. The rows are the routes; matching, rights, the page
// docs/compat/kubesphere.md and its test read them.
//
// A path is written as behind its version, with these words:
//   {d}   a parameter, by name          DP    devops/{d} or namespaces/{d}: both families of KubeSphere
//   **    the rest, whatever it is      WS    workspaces/{ws}/devops or workspaces/{ws}/namespaces
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "data/value.h"
#include "kapis/services.h"
#include "net/http.h"
#include "objects/object_store.h"
#include "rights/rights.h"

namespace windlass::kapis {

/// One request on its way through a handler. Lives until the answer is there.
struct Call {
  net::Request request;
  rights::User user;
  std::map<std::string, std::string, std::less<>> parameters;  ///< of the path, decoded
  Services& services;

  /// A parameter of the path; the route has it.
  [[nodiscard]] const std::string& at(std::string_view name) const;
  /// The body as JSON, bounded in size and depth. 400 for what is none; an empty body gives null.
  [[nodiscard]] objects::Outcome<data::Value> json() const;
  /// The body as an object, without members that are null; 400 when it is none.
  [[nodiscard]] objects::Outcome<data::Value> object() const;
  /// A field of a form (application/x-www-form-urlencoded) or of the query.
  [[nodiscard]] std::string form(std::string_view name) const;
  [[nodiscard]] bool is_set(std::string_view query) const;  ///< "true" or "1"
};

/// What a kept answer is found by: the path, and everything about the user that the answer depends on.
std::string kept_key(std::string_view path, const rights::User& user);
/// A kept answer with the time of now; 304 where the client has it.
net::Response kept_answer(const Services::Kept& kept, const net::Request& request, std::int64_t now_millis,
                          std::string_view cursor);

/// What the caller must be allowed to; checked before the handler is called.
struct Right {
  std::string_view verb;  ///< empty: being somebody is enough, the handler checks the rest
  std::string_view group;
  std::string_view resource;  ///< "token" without a verb: the request has a token of its own, which the handler checks
  std::string_view namespace_;  ///< parameter of the path with the namespace; empty: cluster scope
  std::string_view name;        ///< parameter of the path with the name; empty: none
};

/// How failures look. KubeSphere's three manners.
enum class Failures : std::uint8_t {
  crud,   ///< text; 404, 409 for a project's name, everything else that the client can mend is 400
  plain,  ///< text with Kubernetes' own code
};

using Handler = objects::ApiTask<net::Response> (*)(Call&);

struct Route {
  std::string_view method;
  std::string_view version;  ///< "v1alpha2", "v1alpha3"; "gitops" is gitops.kubesphere.io/v1alpha1, "windlass" our own
  std::string_view path;
  Right right;
  Failures failures;
  Handler handler;
  std::string_view what;                        ///< one line for the page
  std::string_view query = {};                  ///< names of its query parameters, separated by blanks; of our own API
  std::string_view media = "application/json";  ///< what a good answer is
};

/// The rows of each family; one file each.
std::span<const Route> project_routes();
std::span<const Route> pipeline_routes();
std::span<const Route> run_routes();
std::span<const Route> build_routes();
std::span<const Route> blue_pipeline_routes();
std::span<const Route> windlass_routes();
std::span<const Route> view_routes();
std::span<const Route> people_routes();
std::span<const Route> operation_routes();
std::span<const Route> event_routes();
std::span<const Route> log_routes();
std::span<const Route> compare_routes();
std::span<const Route> script_routes();
std::span<const Route> test_routes();
std::span<const Route> run_action_routes();
std::span<const Route> trigger_routes();
std::span<const Route> credential_routes();
std::span<const Route> template_routes();
std::span<const Route> repository_routes();
std::span<const Route> editor_routes();
std::span<const Route> setting_routes();
std::span<const Route> binary_routes();
std::span<const Route> later_routes();

/// Whether the body of such a request may be of any size: its handler takes it in pieces.
bool takes_pieces(std::string_view method, std::string_view target);

inline constexpr std::string_view kDevops = "devops.kubesphere.io";

}  // namespace windlass::kapis
