#include "steps/detail/curl_session.h"

#include <dlfcn.h>

namespace windlass::steps::detail {

namespace {

constexpr int kPollMillis = 100;

template <class F>
bool find(void* library, const char* name, F& function) {
  void* found = ::dlsym(library, name);
  function = reinterpret_cast<F>(found);  // POSIX: what dlsym gives for a function may be called
  return found != nullptr;
}

Result<CurlLibrary> load() {
  void* so = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (so == nullptr) {
    return fail(ErrorKind::unsupported, "libcurl is not on this machine; install it (Debian package libcurl4)");
  }
  CurlLibrary out{};
  const bool complete =
      find(so, "curl_global_init", out.global_init) && find(so, "curl_easy_init", out.easy_init) &&
      find(so, "curl_easy_cleanup", out.easy_cleanup) && find(so, "curl_easy_setopt", out.easy_setopt) &&
      find(so, "curl_easy_getinfo", out.easy_getinfo) && find(so, "curl_easy_strerror", out.easy_strerror) &&
      find(so, "curl_multi_init", out.multi_init) && find(so, "curl_multi_cleanup", out.multi_cleanup) &&
      find(so, "curl_multi_add_handle", out.multi_add_handle) &&
      find(so, "curl_multi_remove_handle", out.multi_remove_handle) &&
      find(so, "curl_multi_perform", out.multi_perform) && find(so, "curl_multi_poll", out.multi_poll) &&
      find(so, "curl_multi_info_read", out.multi_info_read) && find(so, "curl_slist_append", out.slist_append) &&
      find(so, "curl_slist_free_all", out.slist_free_all) && find(so, "curl_mime_init", out.mime_init) &&
      find(so, "curl_mime_free", out.mime_free) && find(so, "curl_mime_addpart", out.mime_addpart) &&
      find(so, "curl_mime_name", out.mime_name) && find(so, "curl_mime_filename", out.mime_filename) &&
      find(so, "curl_mime_type", out.mime_type) && find(so, "curl_mime_data", out.mime_data) &&
      find(so, "curl_mime_filedata", out.mime_filedata) && find(so, "curl_mime_encoder", out.mime_encoder) &&
      find(so, "curl_mime_headers", out.mime_headers);
  if (!complete) return fail(ErrorKind::unsupported, "the libcurl of this machine is older than 7.66");
  if (out.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return fail(ErrorKind::unavailable, "libcurl does not start");
  return out;
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return ErrorKind::not_found;
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ErrorKind::invalid;
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_TOO_MANY_REDIRECTS:
      return ErrorKind::exhausted;
    case CURLE_LOGIN_DENIED:
      return ErrorKind::unauthenticated;
    default:
      return ErrorKind::unavailable;
  }
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
  static const Result<CurlLibrary> library = load();
  if (!library) return fail(library.error());
  return &*library;
}

Result<std::unique_ptr<CurlSession>> CurlSession::open() {
  const auto* library = WL_TRY(curl_library());
  std::unique_ptr<CurlSession> session(new CurlSession(*library));
  session->handle_ = library->easy_init();
  if (session->handle_ == nullptr) return fail(ErrorKind::exhausted, "no memory for a connection");
  session->set(CURLOPT_NOSIGNAL, 1L);  // other threads run: no SIGALRM
  session->set(CURLOPT_ERRORBUFFER, static_cast<char*>(session->error_));
  session->set(CURLOPT_CONNECTTIMEOUT, 60L);
  return session;
}

CurlSession::~CurlSession() {
  if (handle_ != nullptr) library_.easy_cleanup(handle_);
  for (auto* mime : mimes_) library_.mime_free(mime);
  for (auto* list : lists_) library_.slist_free_all(list);
}

curl_slist* CurlSession::make_list(const std::vector<std::string>& texts) {
  curl_slist* list = nullptr;
  for (const auto& text : texts) list = library_.slist_append(list, text.c_str());
  if (list != nullptr) lists_.push_back(list);
  return list;
}

void CurlSession::set_list(CURLoption option, const std::vector<std::string>& texts) { set(option, make_list(texts)); }

curl_mime* CurlSession::make_mime() {
  mimes_.push_back(library_.mime_init(handle_));
  return mimes_.back();
}

Result<void> CurlSession::perform(const std::function<bool()>& cancelled) {
  std::unique_ptr<CURLM, decltype(library_.multi_cleanup)> multi(library_.multi_init(), library_.multi_cleanup);
  if (!multi) return fail(ErrorKind::exhausted, "no memory for a connection");
  library_.multi_add_handle(multi.get(), handle_);
  CURLcode ended = CURLE_OK;
  bool is_cancelled = false;
  for (int running = 1; running > 0 && !is_cancelled;) {
    if (library_.multi_perform(multi.get(), &running) != CURLM_OK) {
      ended = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    while (const CURLMsg* message = library_.multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) ended = message->data.result;
    }
    if (running > 0) library_.multi_poll(multi.get(), nullptr, 0, kPollMillis, nullptr);
    is_cancelled = cancelled && cancelled();
  }
  library_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &code_);
  library_.multi_remove_handle(multi.get(), handle_);
  if (is_cancelled && ended == CURLE_OK) return fail(ErrorKind::cancelled, "the step was asked to stop");
  if (ended != CURLE_OK) {
    return fail(kind_of(ended), error_[0] != '\0' ? std::string(error_) : library_.easy_strerror(ended));
  }
  return {};
}

}  // namespace windlass::steps::detail
