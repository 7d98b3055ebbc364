package org.nnlang.runtime.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// IDX, the format of MNIST (LeCun, Cortes & Burges; "The MNIST database", section "File formats"): two zero bytes, a
/// type, a rank, the dimensions and the elements, all big-endian. A folder holds the four files of MNIST; packed files
/// (`.gz`) are read as they are.
final class IdxReader extends DataReader {
    IdxReader() {
        super(
                "idx",
                List.of(
                        new Parameter(
                                "path",
                                Kind.PATH,
                                "a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and, for the test"
                                        + " part, the two `t10k-` files, each also as `.gz`"),
                        new Parameter("images", Kind.PATH, "instead of a folder: the file of the examples"),
                        new Parameter("labels", Kind.PATH, "the file of their labels")));
    }

    @Override
    Examples open(Arguments arguments) {
        if (arguments.has("images") || arguments.has("labels")) {
            if (arguments.has("path")) {
                throw DataErrors.together("idx", "path", arguments.has("images") ? "images" : "labels");
            }
            if (!arguments.has("images")) {
                throw DataErrors.missingArgument("idx", "images", Kind.PATH.spelling());
            }
            Path labels = arguments.has("labels") ? arguments.file("labels") : null;
            return new Pair(header(arguments.file("images")), labels == null ? null : header(labels));
        }
        if (!arguments.has("path")) {
            throw DataErrors.missingArgument("idx", "path", "a folder in quotes, or `images` and `labels`");
        }
        Path folder = arguments.path("path");
        if (!Files.isDirectory(folder)) {
            throw DataErrors.notAFolder(folder);
        }
        var parts = new LinkedHashMap<String, Pair>();
        parts.put("train", pair(folder, "train"));
        if (find(folder, names("t10k", "images", 3)) != null) {
            parts.put("test", pair(folder, "t10k"));
        }
        return new Folder(parts);
    }

    private static Pair pair(Path folder, String prefix) {
        List<String> images = names(prefix, "images", 3);
        List<String> labels = names(prefix, "labels", 1);
        Path image = find(folder, images);
        Path label = find(folder, labels);
        if (image == null) {
            throw DataErrors.noFileOf(folder, images.subList(0, 2));
        }
        if (label == null) {
            throw DataErrors.noFileOf(folder, labels.subList(0, 2));
        }
        return new Pair(header(image), header(label));
    }

    private static List<String> names(String prefix, String what, int rank) {
        var names = new ArrayList<String>();
        for (String joint : List.of("-idx", ".idx")) {
            String name = prefix + "-" + what + joint + rank + "-ubyte";
            names.add(name);
            names.add(name + ".gz");
        }
        return names;
    }

    private static @Nullable Path find(Path folder, List<String> names) {
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /// A file whose header was read, and whose size fits it where that can be known without unpacking.
    private record Header(Path path, NumberArray type, int count, List<Integer> shape, int start, long length) {
        int size() {
            int size = 1;
            for (int dimension : shape) {
                size *= dimension;
            }
            return size;
        }

        String announced() {
            return count + " × " + shape + " elements of " + type.bytes() + (type.bytes() == 1 ? " byte" : " bytes");
        }

        Column read() {
            try (DataFile file = DataFile.open(path)) {
                file.read(start);
                byte[] stored = file.read((int) length);
                if (stored.length < length) {
                    throw DataErrors.wrongSize(path, start + length, start + stored.length, announced());
                }
                if (!file.atEnd()) {
                    throw DataErrors.longer(path, start + length, announced());
                }
                return type.decode(path, stored, ByteOrder.BIG_ENDIAN, size());
            }
        }
    }

    private static Header header(Path path) {
        try (DataFile file = DataFile.open(path)) {
            byte[] magic = file.read(4);
            if (magic.length == 0) {
                throw DataErrors.empty(path);
            }
            if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
                throw DataErrors.badMagic(path, hex(magic));
            }
            NumberArray type = switch (magic[2]) {
                case 0x08 -> NumberArray.U8;
                case 0x09 -> NumberArray.I8;
                case 0x0b -> NumberArray.I16;
                case 0x0c -> NumberArray.I32;
                case 0x0d -> NumberArray.F32;
                case 0x0e -> NumberArray.F64;
                default -> throw DataErrors.badMagic(path, hex(magic));
            };
            int rank = magic[3] & 255;
            if (rank == 0 || rank > 8) {
                throw DataErrors.idxForm(path, "it has rank " + rank + ", and 1 to 8 can be read");
            }
            byte[] dimensions = file.read(4 * rank);
            if (dimensions.length < 4 * rank) {
                throw DataErrors.wrongSize(path, 4 + 4L * rank, 4L + dimensions.length, rank + " dimensions");
            }
            var shape = new ArrayList<Integer>();
            long length = type.bytes();
            for (int i = 0; i < rank; i++) {
                int dimension = ByteBuffer.wrap(dimensions).getInt(4 * i);
                if (dimension <= 0) {
                    throw dimension == 0
                            ? DataErrors.noExamples("`" + path + "`", "one of its dimensions is 0")
                            : DataErrors.idxForm(path, "dimension " + i + " is " + (dimension & 0xffff_ffffL));
                }
                shape.add(dimension);
                length *= dimension;
                if (length > Integer.MAX_VALUE - 8) {
                    throw DataErrors.tooLarge(path, "it announces dimensions " + shape + " and more");
                }
            }
            int start = 4 + 4 * rank;
            var header = new Header(path, type, shape.getFirst(), shape.subList(1, rank), start, length);
            file.checkLength(start, length, header.announced());
            return header;
        }
    }

    private static String hex(byte[] bytes) {
        var text = new StringBuilder();
        for (byte b : bytes) {
            text.append(text.isEmpty() ? "" : " ").append(Character.forDigit(b >> 4 & 15, 16));
            text.append(Character.forDigit(b & 15, 16));
        }
        return text.toString();
    }

    /// One file of examples and, where there are labels, one of these.
    private static final class Pair implements Examples {
        private final Header images;
        private final DataHeader header;
        private final @Nullable Column labels;
        private @Nullable Table table;

        Pair(Header images, @Nullable Header labels) {
            this.images = images;
            var fields = new ArrayList<Field>();
            var values = new LinkedHashMap<String, Long>();
            fields.add(new Field("image", images.type().type(), images.shape()));
            if (labels == null) {
                this.labels = null;
            } else {
                if (labels.count() != images.count()) {
                    throw DataErrors.countsDiffer(images.path(), images.count(), labels.path(), labels.count());
                }
                if (!labels.shape().isEmpty()) {
                    throw DataErrors.idxForm(
                            labels.path(), "labels have one dimension, and it has " + (labels.shape().size() + 1));
                }
                Column column = labels.read();
                if (labels.type().type() == DType.F32) {
                    fields.add(new Field("label", DType.F32, List.of()));
                } else {
                    values.put("classes", classes(labels, column));
                    fields.add(new Field("label", DType.I32, List.of()));
                }
                this.labels = column;
            }
            header = new DataHeader(fields, images.count(), List.of(), values);
        }

        private static long classes(Header labels, Column column) {
            int[] label = new int[1];
            int most = 0;
            for (int i = 0; i < labels.count(); i++) {
                column.read(i, label, 0);
                if (label[0] < 0) {
                    throw DataErrors.badLabel(
                            "`" + labels.path() + "`, example " + i,
                            "the label " + label[0],
                            "classes count from 0");
                }
                most = Math.max(most, label[0]);
            }
            return most + 1L;
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            return header.count();
        }

        @Override
        public Table table(@Nullable String part) {
            Table known = table;
            if (known == null) {
                var columns = new ArrayList<Column>();
                columns.add(images.read());
                if (labels != null) {
                    columns.add(labels);
                }
                known = new Table(header.fields(), columns, header.count());
                table = known;
            }
            return known;
        }
    }

    private record Folder(Map<String, Pair> pairs) implements Examples {
        Folder {
            Pair train = pairs.getOrDefault("train", pairs.values().iterator().next());
            for (Pair pair : pairs.values()) {
                if (!pair.images.shape().equals(train.images.shape()) || pair.images.type() != train.images.type()) {
                    throw DataErrors.idxForm(
                            pair.images.path(),
                            "its images are " + pair.header.fields().getFirst() + ", and those of `"
                                    + train.images.path() + "` are " + train.header.fields().getFirst());
                }
            }
        }

        @Override
        public DataHeader header() {
            long classes = 0;
            int count = 0;
            for (Pair pair : pairs.values()) {
                classes = Math.max(classes, pair.header.values().getOrDefault("classes", 0L));
                count = Math.addExact(count, pair.header.count());
            }
            List<Field> fields = pairs.values().iterator().next().header.fields();
            return new DataHeader(
                    fields, count, List.copyOf(pairs.keySet()), classes == 0 ? Map.of() : Map.of("classes", classes));
        }

        @Override
        public int count(String part) {
            return pair(part).header.count();
        }

        @Override
        public Table table(@Nullable String part) {
            return pair(part == null ? "train" : part).table(null);
        }

        private Pair pair(String part) {
            Pair pair = pairs.get(part);
            if (pair == null) {
                throw new IllegalArgumentException(part);
            }
            return pair;
        }
    }
}
