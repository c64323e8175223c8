#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace windlass {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::already_exists:
      return "already_exists";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::unauthenticated:
      return "unauthenticated";
    case ErrorKind::forbidden:
      return "forbidden";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::exhausted:
      return "exhausted";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

namespace {

std::string filled(std::string_view pattern, SentenceParts parts, std::string SentencePart::* language) {
  std::string out;
  const auto* part = parts.begin();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '}' && part != parts.end()) {
      out += part++->*language;
      ++i;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace

SentencePart::SentencePart(const Error& error) : en(error.text()), zh(error.chinese_text()) {}

Error::Error(ErrorKind k, Sentence sentence, SentenceParts parts)
    : kind(k),
      message(filled(sentence.en, parts, &SentencePart::en)),
      chinese(filled(sentence.zh, parts, &SentencePart::zh)) {}

Error&& Error::while_doing(Sentence sentence, SentenceParts parts) && {
  frames.push_back(filled(sentence.en, parts, &SentencePart::en));
  chinese_frames.push_back(filled(sentence.zh, parts, &SentencePart::zh));
  return std::move(*this);
}

SentencePart system_words(int error_number) {
  const std::string english = std::generic_category().message(error_number);
  const auto both = [&](std::string_view chinese) { return SentencePart(Sentence{english, chinese}); };
  switch (error_number) {
    case ENOENT:
      return both("没有那个文件或目录");
    case EACCES:
      return both("权限不够");
    case EPERM:
      return both("不允许的操作");
    case ENOSPC:
      return both("设备上没有空间");
    case EDQUOT:
      return both("超出磁盘限额");
    case EROFS:
      return both("只读文件系统");
    case EEXIST:
      return both("文件已存在");
    case ENOTDIR:
      return both("不是目录");
    case EISDIR:
      return both("是一个目录");
    case ENOTEMPTY:
      return both("目录非空");
    case EMFILE:
    case ENFILE:
      return both("打开的文件过多");
    case ENAMETOOLONG:
      return both("文件名过长");
    case ELOOP:
      return both("符号链接层数过多");
    case EFBIG:
      return both("文件过大");
    case EIO:
      return both("输入/输出错误");
    case ENOMEM:
      return both("内存不足");
    case EBUSY:
      return both("设备或资源忙");
    case EPIPE:
      return both("管道已断开");
    case ECONNREFUSED:
      return both("连接被拒绝");
    case ETIMEDOUT:
      return both("连接超时");
    default:
      return both(english);
  }
}

std::string Error::text() const {
  std::string out = message;
  for (const auto& frame : frames) out += " (while " + frame + ")";
  return out;
}

std::string Error::chinese_text() const {
  std::string out = chinese_message();
  for (const auto& frame : chinese_frames) out += "（" + frame + "时）";
  return out;
}

}  // namespace windlass
