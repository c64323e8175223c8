// S2iBinary: the file that an image is made from, handed in and read again. The original keeps it in S3 and sends
// readers there; here it is a file of the server's own folder (uploads/), and its bytes are the answer.
//
// What was there before stays readable until the new file is whole and durable: the object's spec names its content.
#include <algorithm>
#include <cstdio>

#include "controllers/object_changes.h"
#include "controllers/upload_controller.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "kapis/run_access.h"
#include "net/multipart.h"
#include "objects/metadata.h"
#include "uploads/upload_store.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiStatus;
using objects::ApiTask;
using objects::Outcome;
using uploads::UploadKey;

namespace {

constexpr std::size_t kMostField = 1024;
constexpr std::size_t kMostFileName = 255;
constexpr std::string_view kField = "s2ibinary";

const objects::ResourceType& type() { return *objects::find_resource(kDevops, "v1alpha1", "s2ibinaries"); }

UploadKey key_of(const Call& call) { return {call.at("d"), call.at("bin")}; }

/// The last part of the name that the client gave, whatever system it was written on; empty: it is none.
std::string base_name(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const bool is_plain =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!is_plain || name == "." || name == ".." || name.size() > kMostFileName) return {};
  return std::string(name);
}

/// 10B, 1.5K, 12M: as the console shows it.
std::string size_text(std::uint64_t bytes) {
  constexpr std::string_view kUnits = "BKMGT";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string out = text;
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out + kUnits[unit];
}

std::string phase_of(const Value& object) {
  const auto* status = object.find("status");
  return status != nullptr ? status->get_string("phase") : std::string();
}

void set_phase(Value& object, std::string_view phase) {
  auto* status = object.find("status");
  if (status == nullptr || !status->is_map()) {
    object.set("status", Value::map_of("phase", phase));
  } else {
    status->set("phase", phase);
  }
}

/// What came in a form.
struct Received {
  std::string file_name, wanted_md5, md5;
};

/// Takes the form apart as it comes: the file to disk, the other field into memory, what else there is nowhere.
class FormTaker {
 public:
  FormTaker(net::MultipartReader reader, uploads::Upload& upload) : reader_(std::move(reader)), upload_(upload) {}

  ApiTask<std::monostate> take(std::string_view bytes) {
    WL_API_TRY(to_outcome(reader_.feed(bytes)));
    for (;;) {
      const auto event = WL_API_TRY(to_outcome(reader_.next()));
      if (!event) co_return std::monostate();
      using Kind = net::MultipartReader::Event::Kind;
      switch (event->kind) {
        case Kind::part:
          WL_API_TRY(begin(*event->part));
          break;
        case Kind::bytes:
          WL_API_TRY(co_await more(event->bytes));
          break;
        case Kind::part_end:
          into_ = Into::nothing;
          break;
      }
    }
  }

  ApiTask<Received> end() {
    if (!reader_.is_over()) co_return objects::bad_request("the form has no end: it was cut off on its way");
    if (!has_file_) {
      co_return objects::bad_request("the form has no file: its field '" + std::string(kField) + "' is one");
    }
    out_.md5 = WL_API_TRY(to_outcome(co_await upload_.seal()));
    std::transform(out_.wanted_md5.begin(), out_.wanted_md5.end(), out_.wanted_md5.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!out_.wanted_md5.empty() && out_.wanted_md5 != out_.md5) {
      co_return objects::internal("the file that came has the MD5 " + out_.md5 + " and not " + out_.wanted_md5 +
                                  " as the form says: it was changed or cut on its way; send it again");
    }
    co_return std::move(out_);
  }

 private:
  enum class Into : unsigned char { nothing, file, md5 };

  Outcome<std::monostate> begin(const net::FormPart& part) {
    if (part.name == "md5" && !part.file_name) into_ = Into::md5;
    if (part.name != kField) return std::monostate();
    if (!part.file_name) return objects::bad_request("the form's field '" + std::string(kField) + "' is no file");
    if (std::exchange(has_file_, true)) {
      return objects::bad_request("the form has more than one file: send each to an S2iBinary of its own");
    }
    out_.file_name = base_name(*part.file_name);
    if (out_.file_name.empty()) {
      return objects::bad_request("the file has no name, or one of control characters or more than " +
                                  std::to_string(kMostFileName) + " bytes");
    }
    into_ = Into::file;
    return std::monostate();
  }

  ApiTask<std::monostate> more(std::string_view bytes) {
    if (into_ == Into::md5) {
      if (out_.wanted_md5.size() + bytes.size() > kMostField) {
        co_return objects::bad_request("the form's field 'md5' is longer than any MD5");
      }
      out_.wanted_md5 += bytes;
    }
    if (into_ != Into::file) co_return std::monostate();
    auto written = co_await upload_.write(bytes);
    if (!written && written.error().kind == ErrorKind::invalid) {
      ApiStatus status;
      status.code = 413;
      status.reason = "RequestEntityTooLarge";
      status.message = written.error().message;
      co_return std::unexpected(std::move(status));
    }
    WL_API_TRY(to_outcome(std::move(written)));
    co_return std::monostate();
  }

  net::MultipartReader reader_;
  uploads::Upload& upload_;
  Into into_ = Into::nothing;
  bool has_file_ = false;
  Received out_;
};

ApiTask<Received> receive(Call& call, uploads::Upload& upload) {
  FormTaker taker(WL_API_TRY(to_outcome(net::MultipartReader::make(call.request.headers.get("Content-Type")))), upload);
  if (!call.request.incoming) {
    WL_API_TRY(co_await taker.take(call.request.body));
    co_return co_await taker.end();
  }
  for (;;) {
    auto part = co_await call.request.incoming->next();
    if (!part) co_return objects::bad_request("the file did not come whole: " + part.error().message);
    if (part->empty()) break;
    WL_API_TRY(co_await taker.take(*part));
  }
  co_return co_await taker.end();
}

/// The one that was looked at, not one of its name that was made since.
objects::Modifier only_of(std::string uid, std::function<void(Value&)> change) {
  return controllers::only_of(type(), std::move(uid), [change = std::move(change)](Value one) -> Outcome<Value> {
    change(one);
    return one;
  });
}

ApiTask<Response> upload_file(Call& call) {
  auto& services = call.services;
  const auto key = key_of(call);
  const auto before = WL_API_TRY(co_await services.store.get(type(), key.space, key.name));
  if (objects::is_being_deleted(before)) {
    co_return objects::conflict(type().subject(key.name), "it is being deleted and takes no file");
  }
  auto begun = co_await services.uploads.begin(key);
  if (!begun && begun.error().kind == ErrorKind::conflict) {
    co_return objects::conflict(type().subject(key.name), begun.error().message);
  }
  auto upload = WL_API_TRY(to_outcome(std::move(begun)));
  const auto uid = objects::meta_text(before, "uid");
  WL_API_TRY(co_await services.store.modify(type(), key.space, key.name,
                                            only_of(uid, [](Value& one) { set_phase(one, "Uploading"); })));
  auto came = co_await receive(call, *upload);
  std::string content;
  if (came) {
    content = controllers::upload_content(uid, came->md5);
    if (auto kept = to_outcome(co_await upload->keep(content)); !kept) came = std::unexpected(kept.error());
  }
  if (!came) {
    const auto phase = phase_of(before) == "Ready" ? "Ready" : "UploadFailed";
    (void)co_await services.store.modify(type(), key.space, key.name,
                                         only_of(uid, [phase](Value& one) { set_phase(one, phase); }));
    co_return std::unexpected(std::move(came).error());
  }
  auto done = co_await services.store.modify(
      type(), key.space, key.name,
      only_of(uid, [&, size = upload->size(), now = services.now_millis(), received = *came](Value& one) {
        auto* spec = one.find("spec");
        if (spec == nullptr || !spec->is_map()) {
          one.set("spec", Value::map());
          spec = one.find("spec");
        }
        spec->set("fileName", received.file_name);
        spec->set("md5", received.md5);
        spec->set("size", size_text(size));
        spec->set("downloadURL", "/kapis/devops.kubesphere.io/v1alpha2/namespaces/" + key.space + "/s2ibinaries/" +
                                     key.name + "/file/" + net::percent_encode(received.file_name));
        spec->set("uploadTimeStamp", objects::format_rfc3339(now));
        set_phase(one, "Ready");
      }));
  // Of an object that went meanwhile nothing stays, of another one what it had before.
  (void)co_await services.uploads.keep_only(key, done ? content : std::string());
  co_return json_answer(WL_API_TRY(std::move(done)));
}

ApiTask<Response> download_file(Call& call) {
  const auto key = key_of(call);
  const auto object = WL_API_TRY(co_await call.services.store.get(type(), key.space, key.name));
  const auto* spec = object.find("spec");
  const auto name = spec != nullptr ? spec->get_string("fileName") : std::string();
  if (name.empty() || name != call.at("file")) {
    co_return objects::not_found(type().subject(key.name + "/" + call.at("file")));
  }
  const auto content = controllers::upload_content(objects::meta_text(object, "uid"), spec->get_string("md5"));
  const auto path = call.services.uploads.find(key, content);
  if (path.empty()) {
    ApiStatus status;
    status.code = 404;
    status.reason = "NotFound";
    status.message = "the content of " + name + " is not on this server; upload it again";
    co_return std::unexpected(std::move(status));
  }
  co_return file_answer(call, path, name, type());
}

constexpr Right of_binary(std::string_view verb) { return {verb, kDevops, "s2ibinaries", "d", "bin"}; }

constexpr Route kRoutes[] = {
    {"PUT", "v1alpha2", "/DP/s2ibinaries/{bin}/file", of_binary("update"), Failures::plain, upload_file,
     "takes the file of a form (s2ibinary, md5); the object tells phase, name, size"},
    {"GET", "v1alpha2", "/DP/s2ibinaries/{bin}/file/{file}", of_binary("get"), Failures::plain, download_file,
     "the file, with ranges"},
};

}  // namespace

std::span<const Route> binary_routes() { return kRoutes; }

bool takes_pieces(std::string_view method, std::string_view target) {
  return method == "PUT" && target.find("/s2ibinaries/") != std::string_view::npos;
}

}  // namespace windlass::kapis
