package org.nnlang.runtime.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// PNG images in folders: one for each class, or `train` and `test` with one for each class.
final class ImagesReader extends DataReader {
    ImagesReader() {
        super(
                "images",
                List.of(
                        new Parameter(
                                "path",
                                Kind.PATH,
                                true,
                                "a folder with a folder of PNG files for each class; or with the folders `train` and"
                                        + " `test`, which are like this"),
                        new Parameter(
                                "size",
                                Kind.WHOLES,
                                "height and width, to which each image is scaled; those of the first image, which all"
                                        + " must have"),
                        new Parameter(
                                "channels",
                                Kind.WHOLE,
                                "1 for grey or 3 for colours; as the first image has them")));
    }

    @Override
    Examples open(Arguments arguments) {
        Path folder = arguments.path("path");
        if (!Files.isDirectory(folder)) {
            throw DataErrors.notAFolderOf(folder, "images");
        }
        int[] size = size(arguments);
        int channels = arguments.whole("channels", 0, 1, 3);
        if (channels == 2) {
            throw arguments.wrong("channels", "1 or 3");
        }
        var parts = new LinkedHashMap<String, List<Image>>();
        List<Path> folders = folders(folder);
        if (folders.isEmpty()) {
            throw DataErrors.noClasses(folder, "images");
        }
        boolean divided = folders.stream().allMatch(one -> name(one).equals("train") || name(one).equals("test"));
        if (divided) {
            // `train` first, whatever the order of the names.
            for (String part : List.of("train", "test")) {
                Path one = folder.resolve(part);
                if (Files.isDirectory(one)) {
                    parts.put(part, images(one, folders(one)));
                }
            }
        } else {
            parts.put("", images(folder, folders));
        }
        var classes = new TreeSet<String>();
        parts.values().forEach(images -> images.forEach(image -> classes.add(image.label())));
        Image first = parts.values().iterator().next().getFirst();
        PngHeader header = Png.header(first.path());
        boolean scale = size.length > 0;
        return new Folders(
                parts,
                List.copyOf(classes),
                scale ? size[0] : header.height(),
                scale ? size[1] : header.width(),
                channels > 0 ? channels : header.coloured() ? 3 : 1,
                scale,
                first.path());
    }

    private static int[] size(Arguments arguments) {
        if (!arguments.has("size")) {
            return new int[0];
        }
        int[] size = arguments.list("size").stream()
                .mapToInt(one -> Math.clamp((Long) one, 0, Integer.MAX_VALUE))
                .toArray();
        if (size.length != 2 || size[0] < 1 || size[1] < 1 || size[0] > 1 << 14 || size[1] > 1 << 14) {
            throw arguments.wrong("size", "[height, width], each from 1 to 16384");
        }
        return size;
    }

    private record Image(Path path, String label) {}

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static List<Path> folders(Path folder) {
        return TextsReader.entries(folder).stream().filter(Files::isDirectory).toList();
    }

    private static List<Image> images(Path folder, List<Path> classes) {
        if (classes.isEmpty()) {
            throw DataErrors.noClasses(folder, "images");
        }
        var images = new ArrayList<Image>();
        for (Path one : classes) {
            for (Path file : TextsReader.entries(one)) {
                if (Files.isRegularFile(file)) {
                    images.add(new Image(file, name(one)));
                }
            }
        }
        if (images.isEmpty()) {
            throw DataErrors.noExamples("`" + folder + "`", "its folders have no files");
        }
        return images;
    }

    private static final class Folders implements Examples {
        private final Map<String, List<Image>> parts;
        private final List<String> classes;
        private final int height;
        private final int width;
        private final int channels;
        private final boolean scale;
        private final Path first;
        private final DataHeader header;
        private final Map<String, Table> tables = new LinkedHashMap<>();

        /// @param first whose size all images have, unless they are scaled
        Folders(
                Map<String, List<Image>> parts,
                List<String> classes,
                int height,
                int width,
                int channels,
                boolean scale,
                Path first) {
            this.parts = parts;
            this.classes = classes;
            this.height = height;
            this.width = width;
            this.channels = channels;
            this.scale = scale;
            this.first = first;
            int count = 0;
            for (List<Image> images : parts.values()) {
                if ((long) images.size() * height * width * channels > Integer.MAX_VALUE - 8) {
                    throw DataErrors.tooLarge(
                            first,
                            images.size() + " images of " + height + "×" + width + " pixels");
                }
                count += images.size();
            }
            header = new DataHeader(
                    List.of(
                            new Field(
                                    "image",
                                    DType.U8,
                                    channels == 1 ? List.of(height, width) : List.of(height, width, channels)),
                            new Field("label", DType.I32, List.of(), classes, List.of())),
                    count,
                    parts.containsKey("") ? List.of() : List.copyOf(parts.keySet()),
                    Map.of("classes", (long) classes.size()));
        }

        private List<Image> of(@Nullable String part) {
            return parts.getOrDefault(part == null ? "" : part, List.of());
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            return of(part).size();
        }

        @Override
        public Table table(@Nullable String part) {
            return tables.computeIfAbsent(part == null ? "" : part, name -> read(of(name)));
        }

        private Table read(List<Image> images) {
            int size = height * width * channels;
            byte[] pixels = new byte[images.size() * size];
            int[] labels = new int[images.size()];
            for (int i = 0; i < labels.length; i++) {
                Image image = images.get(i);
                Png png = Png.read(image.path()).withChannels(channels);
                if (!scale && (png.width() != width || png.height() != height)) {
                    throw DataErrors.otherSize(image.path(), png.height(), png.width(), first, height, width);
                }
                System.arraycopy(png.scaled(width, height).pixels(), 0, pixels, i * size, size);
                labels[i] = classes.indexOf(image.label());
            }
            return new Table(
                    header.fields(),
                    List.of(new Column.Bytes(pixels, size), new Column.Ints(labels, 1)),
                    labels.length);
        }
    }
}
