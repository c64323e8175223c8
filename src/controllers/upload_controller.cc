#include "controllers/upload_controller.h"

#include <algorithm>

#include "controllers/names.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

namespace {

const objects::ResourceType& binary_type() { return *objects::find_resource(names::kGroup, "v1alpha1", "s2ibinaries"); }

}  // namespace

std::string upload_content(const std::string& uid, const std::string& md5) {
  constexpr std::size_t kDigits = 32;
  if (md5.size() != kDigits || md5.find_first_not_of("0123456789abcdef") != std::string::npos) return {};
  return uid + "-" + md5;
}

rt::Task<Requeue> UploadReconciler::reconcile(Key key) {
  const uploads::UploadKey of{key.namespace_, key.name};
  if (files_.is_coming(of)) co_return Requeue{};  // comes again with the change of phase at its end
  auto found = co_await store_.get(binary_type(), key.namespace_, key.name);
  if (!found && found.error().code != 404) co_return fail(objects::to_error(found.error()));
  if (files_.is_coming(of)) co_return Requeue{};
  if (!found) {
    WL_CO_TRY_VOID(co_await files_.keep_only(of, ""));
    co_return Requeue{};
  }
  const auto* spec = found->find("spec");
  const auto* status = found->find("status");
  const auto uid = objects::meta_text(*found, "uid");
  const auto content = upload_content(uid, spec != nullptr ? spec->get_string("md5") : std::string());
  const bool is_there = !files_.find(of, content).empty();
  if (status != nullptr && status->get_string("phase") == "Uploading") {
    // Nobody uploads: the server that took it died. What was there before is still whole.
    WL_CO_TRY(objects::to_result(co_await store_.modify(
        binary_type(), key.namespace_, key.name, [uid, is_there](Value one) -> objects::Outcome<Value> {
          auto* now = one.find("status");
          const bool is_same = objects::meta_text(one, "uid") == uid && now != nullptr;
          if (is_same && now->get_string("phase") == "Uploading")
            now->set("phase", is_there ? "Ready" : "UploadFailed");
          return one;
        })));
  }
  // An md5 that somebody else wrote names no content: then what there is stays, so that it can be put right.
  if (is_there) WL_CO_TRY_VOID(co_await files_.keep_only(of, content));
  co_return Requeue{};
}

}  // namespace windlass::controllers
