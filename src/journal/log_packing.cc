#include "journal/log_packing.h"

#include <zstd.h>

#include "journal/entry.h"

namespace windlass::journal {

namespace {
constexpr std::size_t kWorthIt = 1024;  ///< smaller rows stay as they are
constexpr int kLevel = 1;               ///< a log is written by whoever waits for it
}  // namespace

LogPacker::~LogPacker() { ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context_)); }

std::optional<std::string> LogPacker::pack(std::string_view bytes) {
  if (bytes.size() < kWorthIt) return std::nullopt;
  auto* context = static_cast<ZSTD_CCtx*>(context_);
  if (context == nullptr) {
    context_ = context = ZSTD_createCCtx();
    if (context == nullptr) return std::nullopt;
    // With a checksum of its own, so that a search need not compute the chain.
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size > bytes.size() - bytes.size() / 8) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<std::string> unpack_log(std::string_view packed, std::uint64_t size) {
  // What the frame says is compared first, so that a damaged size costs no memory.
  if (size > kMaxPayload || ZSTD_getFrameContentSize(packed.data(), packed.size()) != size) return std::nullopt;
  std::string out(static_cast<std::size_t>(size), '\0');
  if (ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size()) != size) return std::nullopt;
  return out;
}

}  // namespace windlass::journal
