#include "neuralake/storage/posix_file.h"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace neuralake::storage {
namespace {

TEST(PosixFile, AFullDiskIsResourceExhaustedAndNamed) {
  const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full.valid());
  const Status written = WriteFully(full.get(), "x", "/lake/file");
  ASSERT_FALSE(written);
  EXPECT_EQ(Describe(written.error()),
            "resource_exhausted: cannot write /lake/file: No space left on device");
}

TEST(PosixFile, EveryErrnoSaysWhatToDo) {
  const std::pair<int, ErrorKind> expected[] = {
      {ENOENT, ErrorKind::kNotFound},          {EEXIST, ErrorKind::kAlreadyExists},
      {EACCES, ErrorKind::kPermissionDenied},  {EROFS, ErrorKind::kPermissionDenied},
      {ENOSPC, ErrorKind::kResourceExhausted}, {EDQUOT, ErrorKind::kResourceExhausted},
      {EMFILE, ErrorKind::kResourceExhausted}, {ENAMETOOLONG, ErrorKind::kInvalid},
      {EOPNOTSUPP, ErrorKind::kUnsupported},   {EIO, ErrorKind::kUnavailable}};
  for (const auto& [code, kind] : expected) {
    EXPECT_EQ(FailErrno(code, "read", "/x").error().kind, kind) << code;
  }
}

TEST(PosixFile, AShortRangeIsAsLongAsItWasAskedFor) {
  // Lengths at which a string makes room for more than it is asked to hold.
  const FileDescriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(file.valid());
  for (std::uint64_t length = 0; length < 64; ++length) {
    EXPECT_EQ(ReadFully(file.get(), 4, length, "/x")->size(), length);
  }
}

TEST(PosixFile, ADescriptorIsClosedByItsLastOwner) {
  FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int fd = first.get();
  FileDescriptor second(std::move(first));
  EXPECT_NE(::fcntl(fd, F_GETFD), -1);
  {
    const FileDescriptor third(std::move(second));
  }
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
}

}  // namespace
}  // namespace neuralake::storage
