#include "neuralake/delta/deletion_vector.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include <roaring/roaring.h>
#include <zlib.h>

#include "neuralake/base/uuid.h"
#include "neuralake/delta/file_location.h"
#include "neuralake/delta/roaring_check.h"
#include "neuralake/delta/z85.h"

static_assert(std::endian::native == std::endian::little, "blobs are read in place");

namespace neuralake::delta {
namespace {

constexpr std::uint32_t kMagic = 1681511377;
constexpr std::size_t kUuidTextSize = 20;

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Part = std::unique_ptr<roaring_bitmap_t, FreeBitmap>;

struct FreeIterator {
  void operator()(roaring_uint32_iterator_t* it) const { roaring_free_uint32_iterator(it); }
};

template <class T>
bool Take(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof(T)) return false;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return true;
}

template <class T>
void Put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return __builtin_bswap32(value);
}

std::unexpected<Error> Broken(std::string message) {
  return Fail(ErrorKind::kCorruption, "deletion vector: " + std::move(message));
}

/// The blob inside the bytes `[size][blob][checksum]` that stand at a descriptor's offset.
Result<std::string_view> Unframe(std::string_view framed, std::int32_t size_bytes) {
  const auto size = static_cast<std::size_t>(size_bytes);
  if (framed.size() != size + 8) return Broken("the file ends before it");
  if (BigEndian(framed) != size) {
    return Broken("its size is " + std::to_string(BigEndian(framed)) + ", the log says " +
                  std::to_string(size));
  }
  const std::string_view blob = framed.substr(4, size);
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(blob.data()), static_cast<uInt>(size));
  if (BigEndian(framed.substr(4 + size)) != sum) return Broken("its checksum does not agree");
  return blob;
}

Result<std::string> ReadFramed(storage::ObjectStore& store, std::string_view key,
                               const DeletionVectorDescriptor& descriptor,
                               const Deadline& deadline) {
  const auto offset = descriptor.offset.value_or(1);
  if (offset < 0 || descriptor.size_bytes < 0) return Broken("a negative offset or size");
  return store.ReadRange(key, static_cast<std::uint64_t>(offset),
                         static_cast<std::uint64_t>(descriptor.size_bytes) + 8, deadline);
}

/// Read a descriptor of type `p`: a URI, or an absolute path, encoded as URIs are.
Result<std::string> ReadAbsolute(const DeletionVectorDescriptor& descriptor,
                                 storage::ObjectStore& store, const Deadline& deadline) {
  const auto location = TRY(LocateFile(descriptor.path_or_inline, store.root()));
  if (location.key) return ReadFramed(store, *location.key, descriptor, deadline);
  const Uri& file = location.uri;
  const auto slash = file.path.rfind('/');
  Uri folder = file;
  folder.path.resize(slash == std::string::npos ? 0 : slash);
  if (folder.scheme == "file" && folder.path.empty()) folder.path = "/";
  const auto other = TRY(storage::OpenStore(folder));
  const auto name = slash == std::string::npos ? 0 : slash + 1;
  return ReadFramed(*other, std::string_view(file.path).substr(name), descriptor, deadline);
}

/// The bytes of the bitmap, wherever they are.
Result<std::string> ReadBlob(const DeletionVectorDescriptor& descriptor,
                             storage::ObjectStore& store, const Deadline& deadline) {
  if (descriptor.storage_type == 'i') {
    auto bytes = TRY(DecodeZ85(descriptor.path_or_inline));
    const auto size = static_cast<std::size_t>(std::max(0, descriptor.size_bytes));
    if (bytes.size() < size) return Broken("the inline text is too short");
    bytes.resize(size);
    return bytes;
  }
  std::string framed;
  if (descriptor.storage_type == 'u') {
    const auto key = RelativeKey(descriptor);
    if (!key) return Broken("no file name in " + descriptor.path_or_inline);
    framed = TRY(ReadFramed(store, *key, descriptor, deadline));
  } else if (descriptor.storage_type == 'p') {
    framed = TRY(ReadAbsolute(descriptor, store, deadline));
  } else {
    return Broken("storage type " + std::string(1, descriptor.storage_type) + " is not known");
  }
  return std::string(TRY(Unframe(framed, descriptor.size_bytes)));
}

}  // namespace

/// One 32-bit bitmap for each upper half in use, in order.
struct DeletionVector::Bitmap {
  std::map<std::uint32_t, Part> parts;
};

DeletionVector::DeletionVector(std::unique_ptr<Bitmap> bitmap) : bitmap_(std::move(bitmap)) {}
DeletionVector::~DeletionVector() = default;
DeletionVector::DeletionVector(DeletionVector&&) noexcept = default;
DeletionVector& DeletionVector::operator=(DeletionVector&&) noexcept = default;

DeletionVector::DeletionVector() : bitmap_(std::make_unique<Bitmap>()) {}

DeletionVector::DeletionVector(std::span<const std::uint64_t> rows) : DeletionVector() {
  Insert(rows);
}

void DeletionVector::Insert(std::span<const std::uint64_t> rows) {
  for (const auto row : rows) {
    auto& part = bitmap_->parts[static_cast<std::uint32_t>(row >> 32)];
    if (!part) part.reset(roaring_bitmap_create());
    roaring_bitmap_add(part.get(), static_cast<std::uint32_t>(row));
  }
}

void DeletionVector::Insert(const DeletionVector& other) {
  for (const auto& [key, theirs] : other.bitmap_->parts) {
    auto& part = bitmap_->parts[key];
    if (part) {
      roaring_bitmap_or_inplace(part.get(), theirs.get());
    } else {
      part.reset(roaring_bitmap_copy(theirs.get()));
    }
  }
}

Result<DeletionVector> DeletionVector::Decode(std::string_view blob) {
  std::uint32_t magic = 0;
  std::uint64_t count = 0;
  if (!Take(blob, magic) || magic != kMagic) return Broken("the magic number is wrong");
  if (!Take(blob, count) || count > blob.size()) return Broken("the bitmap is truncated");
  auto bitmap = std::make_unique<Bitmap>();
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint32_t key = 0;
    if (!Take(blob, key)) return Broken("the bitmap is truncated");
    const auto size = SoundBitmapSize(blob);
    Part part(size == 0 ? nullptr
                        : roaring_bitmap_portable_deserialize_safe(blob.data(), blob.size()));
    if (!part) return Broken("bitmap " + std::to_string(i) + " cannot be read");
    blob.remove_prefix(size);
    if (!bitmap->parts.emplace(key, std::move(part)).second) {
      return Broken("key " + std::to_string(key) + " comes twice");
    }
  }
  return DeletionVector(std::move(bitmap));
}

Result<DeletionVector> DeletionVector::Load(const DeletionVectorDescriptor& descriptor,
                                            storage::ObjectStore& store, const Deadline& deadline) {
  auto loaded = [&] -> Result<DeletionVector> {
    auto vector = TRY(Decode(TRY(ReadBlob(descriptor, store, deadline))));
    if (vector.cardinality() != static_cast<std::uint64_t>(descriptor.cardinality)) {
      return Broken("it has " + std::to_string(vector.cardinality()) + " rows, the log says " +
                    std::to_string(descriptor.cardinality));
    }
    return vector;
  }();
  if (loaded.has_value()) return loaded;
  return Annotate(std::move(loaded).error(), "table " + store.root().ToString());
}

DeletionVector DeletionVector::Minus(const DeletionVector& other) const {
  auto left = std::make_unique<Bitmap>();
  for (const auto& [key, part] : bitmap_->parts) {
    const auto taken = other.bitmap_->parts.find(key);
    left->parts[key].reset(taken == other.bitmap_->parts.end()
                               ? roaring_bitmap_copy(part.get())
                               : roaring_bitmap_andnot(part.get(), taken->second.get()));
  }
  return DeletionVector(std::move(left));
}

DeletionVector DeletionVector::Inverse(std::uint64_t rows) const {
  constexpr std::uint64_t kPartRows = 1ULL << 32;
  const Part none(roaring_bitmap_create());
  auto inverse = std::make_unique<Bitmap>();
  for (std::uint64_t start = 0; start < rows; start += kPartRows) {
    const auto key = static_cast<std::uint32_t>(start >> 32);
    const auto own = bitmap_->parts.find(key);
    auto& part = inverse->parts[key];
    part.reset(roaring_bitmap_flip(own == bitmap_->parts.end() ? none.get() : own->second.get(), 0,
                                   std::min(kPartRows, rows - start)));
    roaring_bitmap_run_optimize(part.get());
  }
  return DeletionVector(std::move(inverse));
}

DeletionVectorDescriptor InlineDescriptor(const DeletionVector& vector) {
  DeletionVectorDescriptor descriptor;
  descriptor.storage_type = 'i';
  std::string blob = vector.Encode();
  descriptor.size_bytes = static_cast<std::int32_t>(blob.size());
  blob.resize((blob.size() + 3) / 4 * 4);
  descriptor.path_or_inline = EncodeZ85(blob);
  descriptor.cardinality = static_cast<std::int64_t>(vector.cardinality());
  return descriptor;
}

std::string DeletionVector::Encode() const {
  std::string blob;
  Put(blob, kMagic);
  Put(blob, static_cast<std::uint64_t>(bitmap_->parts.size()));
  for (const auto& [key, part] : bitmap_->parts) {
    Put(blob, key);
    const auto at = blob.size();
    blob.resize(at + roaring_bitmap_portable_size_in_bytes(part.get()));
    roaring_bitmap_portable_serialize(part.get(), blob.data() + at);
  }
  return blob;
}

std::uint64_t DeletionVector::cardinality() const {
  std::uint64_t sum = 0;
  for (const auto& [key, part] : bitmap_->parts) {
    sum += roaring_bitmap_get_cardinality(part.get());
  }
  return sum;
}

bool DeletionVector::Contains(std::uint64_t row) const {
  const auto part = bitmap_->parts.find(static_cast<std::uint32_t>(row >> 32));
  return part != bitmap_->parts.end() &&
         roaring_bitmap_contains(part->second.get(), static_cast<std::uint32_t>(row));
}

std::uint64_t DeletionVector::CountDeleted(std::uint64_t start, std::uint64_t count) const {
  std::uint64_t sum = 0;
  while (count > 0) {
    const std::uint64_t low = start & UINT32_MAX;
    const std::uint64_t here = std::min<std::uint64_t>(count, (1ULL << 32) - low);
    const auto part = bitmap_->parts.find(static_cast<std::uint32_t>(start >> 32));
    if (part != bitmap_->parts.end()) {
      sum += roaring_bitmap_range_cardinality(part->second.get(), low, low + here);
    }
    start += here;
    count -= here;
  }
  return sum;
}

std::size_t DeletionVector::Select(std::uint64_t start, std::size_t count,
                                   std::vector<std::uint32_t>& selected) const {
  const std::uint64_t deleted = CountDeleted(start, count);
  if (deleted == 0) return count;
  std::uint64_t next = start;
  const std::uint64_t end = start + count;
  const auto keep_until = [&](std::uint64_t limit) {
    for (; next < limit; ++next) selected.push_back(static_cast<std::uint32_t>(next - start));
  };
  for (const auto& [key, part] : bitmap_->parts) {
    const std::uint64_t base = static_cast<std::uint64_t>(key) << 32;
    if (base + UINT32_MAX < start || base >= end) continue;
    const std::unique_ptr<roaring_uint32_iterator_t, FreeIterator> it(
        roaring_create_iterator(part.get()));
    const auto low = static_cast<std::uint32_t>(std::max(start, base) - base);
    roaring_move_uint32_iterator_equalorlarger(it.get(), low);
    while (it->has_value && base + it->current_value < end) {
      keep_until(base + it->current_value);
      ++next;
      roaring_advance_uint32_iterator(it.get());
    }
  }
  keep_until(end);
  return count - static_cast<std::size_t>(deleted);
}

std::optional<std::string> RelativeKey(const DeletionVectorDescriptor& descriptor) {
  const std::string_view text = descriptor.path_or_inline;
  if (descriptor.storage_type != 'u' || text.size() < kUuidTextSize) return std::nullopt;
  const auto prefix = text.substr(0, text.size() - kUuidTextSize);
  const auto bytes = DecodeZ85(text.substr(prefix.size()));
  if (!bytes.has_value()) return std::nullopt;
  const std::string name = "deletion_vector_" + UuidText(*bytes) + ".bin";
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

}  // namespace neuralake::delta
