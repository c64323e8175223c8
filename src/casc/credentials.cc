#include "casc/credentials.h"

#include <algorithm>
#include <utility>

#include "text/codec.h"

namespace windlass::casc {

using data::Value;
using pods::FieldReader;
using pods::Note;
using Kind = Credential::Kind;

namespace {

struct Row {
  std::string_view symbol;
  Kind kind;
};
// The first of a kind is what is written.
constexpr Row kRows[] = {
    {"string", Kind::token},
    {"openShiftBearerTokenCredentialImpl", Kind::token},
    {"openShiftTokenCredentialImpl", Kind::token},
    {"usernamePassword", Kind::password},
    {"file", Kind::kubeconfig},
    {"x509ClientCert", Kind::certificate},
    {"fileSystemServiceAccountCredential", Kind::service_account},
};
constexpr const char* kMasked = "********";

std::unexpected<Error> wrong(const std::string& path, std::string sentence) {
  return fail(ErrorKind::invalid, path + ": " + std::move(sentence));
}

Result<Credential> read_one(FieldReader& in, Kind kind) {
  Credential out;
  out.kind = kind;
  out.id = in.text("id");
  if (out.id.empty()) return wrong(in.path(), "a credential needs an id");
  for (const auto* key : {"scope", "description"}) in.take(key);
  switch (kind) {
    case Kind::token:
      out.secret = in.text("secret");
      break;
    case Kind::password:
      out.user = in.text("username");
      out.secret = in.text("password");
      in.take("usernameSecret");
      break;
    case Kind::kubeconfig: {
      in.take("fileName");
      const auto encoded = in.text("secretBytes");
      auto bytes = encoded == kMasked ? Result<std::string>(encoded) : text::decode_base64(encoded);
      if (!bytes) return wrong(in.path_of("secretBytes"), "it is no base64; ${readFileBase64:PATH} gives a file so");
      out.secret = std::move(*bytes);
      break;
    }
    case Kind::certificate:
      out.certificate = in.text("clientCertificate");
      out.secret = in.text("clientKeySecret");
      out.authority = in.text("serverCaCertificate");
      break;
    case Kind::service_account:
      break;
  }
  return out;
}

}  // namespace

Result<std::vector<Credential>> read_credentials(const Value& value, const std::string& path,
                                                 std::vector<Note>& notes) {
  std::vector<Credential> out;
  FieldReader root(value, path, notes);
  const auto* system = root.take("system");
  root.finish("credentials of folders and users are objects of a project");
  if (system == nullptr) return out;
  FieldReader store(*system, root.path_of("system"), notes);
  const auto domains = store.items("domainCredentials");
  for (std::size_t i = 0; i < domains.size(); ++i) {
    FieldReader domain(domains[i], pods::item_path(store.path_of("domainCredentials"), i), notes);
    domain.take("domain");
    const auto items = domain.items("credentials");
    for (std::size_t at = 0; at < items.size(); ++at) {
      const auto where = pods::item_path(domain.path_of("credentials"), at);
      FieldReader item(items[at], where, notes);
      for (const auto& row : kRows) {
        const auto* fields = item.take(row.symbol);
        if (fields == nullptr) continue;
        FieldReader one(*fields, item.path_of(row.symbol), notes);
        auto read = WL_TRY(read_one(one, row.kind));
        if (std::ranges::any_of(out, [&](const auto& other) { return other.id == read.id; })) {
          return wrong(one.path(), "there are two credentials of the id " + read.id);
        }
        out.push_back(std::move(read));
        one.finish();
      }
      item.finish("credentials of pipelines are objects of a project; here are those of clouds");
    }
    domain.finish();
  }
  store.finish();
  return out;
}

Value write_credentials(const std::vector<Credential>& credentials) {
  if (credentials.empty()) return {};
  Value items = Value::list();
  for (const auto& one : credentials) {
    const auto* row = std::ranges::find(kRows, one.kind, &Row::kind);
    Value fields = Value::map_of("id", one.id);
    const auto put = [&fields](std::string_view key, const std::string& text) {
      if (!text.empty()) fields.set(std::string(key), text);
    };
    const auto secret = one.secret.empty() ? std::string() : std::string(kMasked);
    switch (one.kind) {
      case Kind::token:
        put("secret", secret);
        break;
      case Kind::password:
        put("username", one.user);
        put("password", secret);
        break;
      case Kind::kubeconfig:
        put("secretBytes", secret);
        break;
      case Kind::certificate:
        put("clientCertificate", one.certificate);
        put("clientKeySecret", secret);
        put("serverCaCertificate", one.authority);
        break;
      case Kind::service_account:
        break;
    }
    items.push(Value::map_of(row->symbol, std::move(fields)));
  }
  return Value::map_of(
      "system", Value::map_of("domainCredentials", Value::list_of(Value::map_of("credentials", std::move(items)))));
}

}  // namespace windlass::casc
