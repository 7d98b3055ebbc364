package org.nnlang.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nnlang.runtime.Nearest;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.file.Refusal;

/// Every message about data, in one place: what is wrong and where, what was expected, what to do.
final class DataErrors {
    private DataErrors() {}

    // NN0701: there is no such file

    static NnException noFile(Path path) {
        Path folder = path.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return new NnException(
                    "NN0701",
                    "there is no file `" + path + "`: its folder does not exist",
                    fetched(path, "paths are relative to the folder of the program that names them"));
        }
        Path file = path.getFileName();
        String near = nearest(file == null ? "" : file.toString(), filesOf(folder));
        return new NnException(
                "NN0701",
                "there is no file `" + path + "`",
                near.isEmpty()
                        ? fetched(path, "paths are relative to the folder of the program that names them")
                        : "its folder has `" + near + "`: is that the one?");
    }

    /// Names the script `fetch` beside data that are not embedded, or says `otherwise`.
    private static String fetched(Path path, String otherwise) {
        Path folder = path.toAbsolutePath().normalize().getParent();
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        Path script = folder == null ? null : folder.resolve("fetch");
        return script != null && Files.isRegularFile(script) ? "`" + script + "` gets these data" : otherwise;
    }

    static NnException noFileOf(Path folder, List<String> names) {
        return new NnException(
                "NN0701",
                "the folder `" + folder + "` has no file " + names.stream().map(name -> "`" + name + "`")
                        .collect(Collectors.joining(" or ")),
                "it has " + listed(filesOf(folder)));
    }

    private static List<String> filesOf(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    // NN0702: a file cannot be read

    static NnException unreadable(Path path, IOException cause) {
        Refusal refusal = Refusal.toRead(path, cause);
        return new NnException(
                "NN0702", "`" + path + "` cannot be read: " + refusal.reason(), refusal.way(), cause);
    }

    static NnException folder(Path path, String reader) {
        return new NnException(
                "NN0702",
                "`" + path + "` is a folder, and `" + reader + "` reads a file",
                "name a file in it: " + listed(filesOf(path)));
    }

    static NnException notAFolder(Path path) {
        return new NnException(
                "NN0702",
                "`" + path + "` is a file, and `idx` reads a folder",
                "name its folder, or one pair of files: `idx(images = \"…\", labels = \"…\")`");
    }

    static NnException noClasses(Path folder, String reader) {
        return new NnException(
                "NN0702",
                "the folder `" + folder + "` has no folders, and `" + reader + "` reads one for each class",
                "it has " + listed(filesOf(folder)));
    }

    static NnException notAFolderOf(Path path, String reader) {
        return new NnException(
                "NN0702",
                "`" + path + "` is a file, and `" + reader + "` reads a folder",
                "name the folder that has a folder for each class");
    }

    static NnException damagedGzip(Path path, IOException cause) {
        return new NnException(
                "NN0702",
                "`" + path + "` is not a whole gzip file: " + reason(cause),
                "fetch it again; a download that broke off looks like this",
                cause);
    }

    private static String reason(IOException cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    // NN0703, NN0704: binary files

    static NnException badMagic(Path path, String found) {
        return new NnException(
                "NN0703",
                "`" + path + "` is no IDX file: it starts with " + found + " instead of 00 00, a type and a rank",
                "IDX is the format of MNIST's files, such as train-images-idx3-ubyte");
    }

    static NnException idxForm(Path path, String what) {
        return new NnException("NN0703", "`" + path + "` is an IDX file that cannot be used here: " + what, "");
    }

    static NnException wrongSize(Path path, long expected, long actual, String announced) {
        return new NnException(
                "NN0704",
                "`" + path + "` is " + (actual < expected ? "cut off" : "too long") + ": its header announces "
                        + announced + ", which takes " + bytes(expected) + ", and the file has " + bytes(actual),
                actual < expected
                        ? "fetch it again; a download that broke off looks like this"
                        : "the file is damaged, or not what its header says");
    }

    static NnException longer(Path path, long expected, String announced) {
        return new NnException(
                "NN0704",
                "`" + path + "` is too long: its header announces " + announced + ", which takes " + bytes(expected)
                        + ", and there is more",
                "the file is damaged, or not what its header says");
    }

    private static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }

    static NnException noNpy(Path path, String what) {
        return new NnException(
                "NN0705", "`" + path + "` is no npy file: " + what, "NumPy writes one with `np.save(\"x.npy\", x)`");
    }

    static NnException npyType(Path path, String descr) {
        return new NnException(
                "NN0705",
                "`" + path + "` has elements of type `" + descr + "`, which have no place in a program",
                "save it as another type, as in `np.save(\"x.npy\", x.astype(np.float32))`; f4, f8, i1 to i8, u1 to u8"
                        + " and b1 can be read");
    }

    static NnException integerRange(Path path, long position, String value) {
        return new NnException(
                "NN0705",
                "`" + path + "` holds " + value + " at element " + position + ", which does not fit an i32",
                "save it as floats");
    }

    // NN0706 to NN0710: tables

    static NnException csv(Path path, long line, int column, String what, String help) {
        return new NnException("NN0706", path + ":" + line + ":" + column + ": " + what, help);
    }

    static NnException pairs(Path path, long line, int column, String what) {
        return csv(path, line, column, what, "a pair is a source, a tab and a target on a line of its own");
    }

    static NnException notAligned(
            Path path, long line, int sources, Vocabulary.Kind source, int targets, Vocabulary.Kind target) {
        return csv(
                path, line, 1,
                "the source has " + counted(sources, source) + ", and the target " + counted(targets, target),
                "`aligned = true` wants one token of the target for each of the source; `source` and `target` say what a"
                        + " token is");
    }

    private static String counted(int tokens, Vocabulary.Kind kind) {
        String name = kind.spelling();
        return tokens + " " + (tokens == 1 ? name.substring(0, name.length() - 1) : name);
    }

    static NnException ragged(Path path, long line, int cells, int expected, long firstLine) {
        String help = "a cell that contains the delimiter stands in quotes";
        if (cells == 1) {
            help = "is it another delimiter? say which, as in `delimiter = \";\"`";
        } else if (cells < expected) {
            help = "an empty cell has its delimiter, too; a file that was copied or fetched in part ends like this";
        }
        return new NnException(
                "NN0706",
                path + ":" + line + ": this row has " + cells + (cells == 1 ? " cell" : " cells") + ", and line "
                        + firstLine + " has " + expected,
                help);
    }

    static NnException mixedHeader(Path path) {
        return new NnException(
                "NN0706",
                path + ":1: this line could be a header or the first row: some of its cells are numbers, and others are"
                        + " texts above numbers",
                "say `header = true` or `header = false`");
    }

    static NnException textCell(
            Path path, long line, int column, String name, String cell, boolean firstLine, boolean label) {
        return new NnException(
                "NN0707",
                path + ":" + line + ":" + column + ": " + shown(cell) + " is not a number, and column `" + name
                        + "` is one of numbers",
                firstLine
                        ? "is this line a header? say `header = true`"
                        : label ? "for a class to predict say `label` instead of `target`"
                        : "for a feature of 0 and 1 for each of its words say `categories = [\"" + name
                                + "\"]`; `ignore = [\"" + name + "\"]` leaves the column out, `label = \"" + name
                                + "\"` makes it the label; gaps are empty cells, `NA`, `NaN`, `null` or `?`");
    }

    static NnException textInSeries(
            Path path, long line, int column, String name, String cell, boolean firstLine) {
        return new NnException(
                "NN0707",
                path + ":" + line + ":" + column + ": " + shown(cell) + " is not a number, and column `" + name
                        + "` is one of numbers",
                firstLine
                        ? "is this line a header? say `header = true`"
                        : "a series is made of numbers: name other columns in `value` and `with`, or correct the cell; a gap is an empty"
                                + " cell, `NA`, `NaN`, `null` or `?`, and `missing = 0` puts a number there");
    }

    static NnException unknownWord(
            Path path, long line, int column, String name, String cell, List<String> words) {
        return new NnException(
                "NN0707",
                path + ":" + line + ":" + column + ": " + shown(cell) + " in column `" + name + "` is none of "
                        + listed(words),
                "correct the cell, leave the row out, or learn the word, too: add `\"" + name + "=" + cell
                        + "\"` to `features`");
    }

    static NnException tooManyWords(Path path, String column, int most) {
        return new NnException(
                "NN0707",
                "column `" + column + "` of `" + path + "` has more than " + most
                        + " different words, too many for a category",
                "leave the column out with `ignore = [\"" + column + "\"]`; texts are read by `texts`");
    }

    static NnException notFinite(Path path, long line, int column, String name, String cell) {
        return new NnException(
                "NN0707",
                path + ":" + line + ":" + column + ": " + shown(cell) + " in column `" + name
                        + "` is too large for an f32 or is infinite",
                "one such value makes every weight NaN: correct or remove the row");
    }

    static NnException notFinite(Path path, int example, int element, float value) {
        return new NnException(
                "NN0707",
                "`" + path + "` holds " + value + " in example " + example + ", element " + element,
                "one such value makes every weight NaN: correct or remove the example");
    }

    static NnException missingCell(Path path, long line, int column, String name, String cell) {
        return new NnException(
                "NN0708",
                path + ":" + line + ":" + column + ": the value of column `" + name + "` is missing"
                        + (cell.isEmpty() ? "" : " (" + shown(cell) + ")"),
                "say what to do with gaps: `missing = \"drop\"` leaves such rows out, `missing = \"mean\"` fills in the"
                        + " column's mean over the training rows, `missing = 0` that number");
    }

    static NnException missingLabel(Path path, long line, int column, String name) {
        return new NnException(
                "NN0708",
                path + ":" + line + ":" + column + ": the label in column `" + name + "` is missing",
                "a label cannot be filled in; `missing = \"drop\"` leaves such rows out");
    }

    static NnException unlabelled(Path path, long line, int column) {
        return new NnException(
                "NN0708",
                path + ":" + line + ":" + column + ": the label of this text is missing",
                "give it a class or take the row out");
    }

    static NnException nothingToFill(Path path, String column) {
        return new NnException(
                "NN0708",
                "`" + path + "` has no value at all in column `" + column + "`, so there is no mean to fill in",
                "leave the column out with `ignore = [\"" + column + "\"]`");
    }

    static NnException noColumn(Path path, String argument, String column, List<String> columns) {
        String near = nearest(column, columns);
        return new NnException(
                "NN0709",
                "`" + path + "` has no column `" + column + "`, which `" + argument + "` names",
                near.isEmpty() ? "it has " + listed(columns) : "did you mean `" + near + "`?");
    }

    static NnException noColumn(Path path, String argument, long index, int columns) {
        return new NnException(
                "NN0709",
                "`" + path + "` has " + columns + " columns, so `" + argument + " = " + index + "` names none",
                "columns count from 0, or from the end with -1");
    }

    static NnException noTexts(Path path, String column, List<String> columns) {
        String near = nearest(column, columns);
        return new NnException(
                "NN0709",
                "`" + path + "` has no column `" + column + "`, as the texts that were learnt from are called",
                (near.isEmpty()
                        ? "line 1 has " + listed(columns) + ": call the column of texts"
                        : "rename `" + near + "` to")
                        + " `" + column + "`, or write the texts to a .txt file, one on each line");
    }

    static NnException columnTwice(Path path, String argument, String column) {
        return new NnException(
                "NN0709", "`" + argument + "` names column `" + column + "` of `" + path + "` twice", "");
    }

    static NnException labelAmongFeatures(Path path, String column) {
        return new NnException(
                "NN0709",
                "column `" + column + "` of `" + path + "` is both the label and a feature",
                "a model that is given the answer learns nothing: take it out of `features`");
    }

    static NnException noFeature(Path path, String column) {
        return new NnException(
                "NN0709",
                "`categories` names column `" + column + "` of `" + path + "`, which is no feature",
                "add it to `features`, or take it out of `ignore`");
    }

    static NnException noFeatures(Path path) {
        return new NnException(
                "NN0709", "no column of `" + path + "` is left as a feature", "take fewer columns out with `ignore`");
    }

    static NnException ambiguousColumn(Path path, String column) {
        return new NnException(
                "NN0709",
                "`" + path + "` has several columns called `" + column + "`",
                "say which one by its number, counted from 0");
    }

    static NnException imageShape(Path path, String argument, List<Integer> shape, int features) {
        long size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        return new NnException(
                "NN0709",
                "`" + argument + " = " + shape + "` needs " + size + " features, and `" + path + "` has " + features,
                "if one of the columns is the label, say which: `label = -1`");
    }

    static NnException badLabel(String where, String label, String help) {
        return new NnException("NN0710", where + ": " + label + " is no class", help);
    }

    static NnException unknownClass(Path path, long line, int column, String label, List<String> classes) {
        String near = nearest(label, classes);
        return new NnException(
                "NN0710",
                path + ":" + line + ":" + column + ": `" + label + "` is none of the classes",
                near.isEmpty() ? "they are " + listed(classes) : "did you mean `" + near + "`?");
    }

    // NN0711: nothing to learn from

    static NnException empty(Path path) {
        return new NnException("NN0711", "`" + path + "` is empty", "");
    }

    static NnException noExamples(String what, String help) {
        return new NnException("NN0711", what + " has no examples", help);
    }

    static NnException shortSeries(Path path, String part, int rows, int window, int ahead) {
        return new NnException(
                "NN0711",
                "`" + path + "` has " + rows + " rows in the part `" + part + "`, and an example takes " + window
                        + " and the next " + ahead,
                "let `window` or `held_out` be another number, or take a longer series");
    }

    // NN0712: readers and their arguments

    static NnException unknownReader(String name) {
        List<String> names = DataReader.all().stream().map(DataReader::name).toList();
        String near = nearest(name, names);
        return new NnException(
                "NN0712",
                "there is no data reader `" + name + "`",
                near.isEmpty() ? "there are " + listed(names) : "did you mean `" + near + "`?");
    }

    static NnException unknownArgument(String reader, String name, List<String> names) {
        String near = nearest(name, names);
        return new NnException(
                "NN0712",
                "`" + reader + "` takes no argument `" + name + "`",
                near.isEmpty() ? "it takes " + listed(names) : "did you mean `" + near + "`?");
    }

    static NnException missingArgument(String reader, String name, String kind) {
        return new NnException("NN0712", "`" + reader + "` needs `" + name + "`, " + kind, "");
    }

    static NnException argumentKind(String reader, String name, Object value, String expected) {
        return new NnException(
                "NN0712",
                "`" + name + "` of `" + reader + "` is " + expected + ", not `" + value + "`",
                name.equals("target") && value instanceof List
                        ? "let several be features, the last of `features = [...]`, and cut them off in the program: `row[:, 6:]`"
                        : "");
    }

    static NnException ofATable(String reader, String argument, Path folder) {
        return new NnException(
                "NN0712",
                "`" + argument + "` of `" + reader + "` is for a table, and `" + folder + "` is a folder",
                "a folder's classes are the names of the folders in it");
    }

    static NnException argumentClass(String reader, String name, Object value) {
        return new NnException(
                "NN0712",
                "`" + name + "` of `" + reader + "` cannot be a " + value.getClass().getSimpleName(),
                "arguments of readers are texts, numbers, truth values and lists of these");
    }

    static NnException alignedPieces(String side) {
        return new NnException(
                "NN0712",
                "`" + side
                        + " = \"pieces\"` of `pairs` does not go with `aligned = true`: where pieces end depends on the"
                        + " texts",
                "take \"words\" or \"characters\"");
    }

    static NnException together(String reader, String first, String second) {
        return new NnException(
                "NN0712", "`" + reader + "` takes `" + first + "` or `" + second + "`, not both", "");
    }

    // NN0713, NN0714: operations

    static NnException noPart(String name, DataExpression of, List<String> parts) {
        if (parts.isEmpty()) {
            return new NnException(
                    "NN0713",
                    "`" + of + "` names no parts, so it has no `" + name + "`",
                    "cut it: `val (learn, held_out) = data.split(0.8)`");
        }
        String near = nearest(name, parts);
        return new NnException(
                "NN0713",
                "`" + of + "` has no part `" + name + "`",
                near.isEmpty() ? "it has " + listed(parts) : "did you mean `" + near + "`?");
    }

    static NnException whichPart(DataExpression of, List<String> parts) {
        return new NnException(
                "NN0713",
                "`" + of + "` has the parts " + listed(parts) + ", and it is not said which one is meant",
                "write `." + parts.getFirst() + "` behind it");
    }

    static NnException partOfPart(DataExpression of, String name) {
        return new NnException("NN0713", "`" + of + "` is a part already, and has no part `" + name + "`", "");
    }

    static NnException splitFraction(double fraction) {
        return new NnException(
                "NN0714",
                "a split takes fractions between 0 and 1, and " + fraction + " is none",
                "`data.split(0.8)` gives four fifths and the rest");
    }

    static NnException splitSum(List<Double> fractions) {
        return new NnException(
                "NN0714",
                "the fractions " + fractions + " of a split must add up to at most 1",
                "`data.split(0.8)` gives four fifths and the rest");
    }

    static NnException stratifyField(String name, DataHeader header) {
        return new NnException(
                "NN0714",
                "`stratify` names `" + name + "`, which is no field of class labels",
                "the fields are " + listed(header.fields().stream().map(DataHeader.Field::toString).toList()));
    }

    static NnException foldCount(long folds) {
        return new NnException(
                "NN0714",
                "cross-validation takes 2 folds or more, and `of = " + folds + "` is none of that",
                "`data.fold(0, of = 5)` holds out the first fifth");
    }

    static NnException foldNumber(long fold, long folds) {
        return new NnException(
                "NN0714",
                "there is no fold " + fold + " of " + folds,
                "folds are counted from 0: the last one is " + (folds - 1));
    }

    static NnException fewerThanFolds(DataExpression of, int count, long folds) {
        return new NnException(
                "NN0714",
                "`" + of + "` has " + count + " examples, too few for " + folds + " folds",
                "every fold holds out one example at least: `of = " + count + "` is the most");
    }

    static NnException stratifyAndGroup(String what) {
        return new NnException(
                "NN0714",
                what + " keeps the shares of classes or keeps groups together, and not both",
                "say `stratify` or `group`");
    }

    static NnException groupField(String name, DataHeader header) {
        return new NnException(
                "NN0714",
                "a split cannot keep together what is equal in `" + name + "`, which is no field of whole numbers",
                "the fields are " + listed(header.fields().stream().map(DataHeader.Field::toString).toList()));
    }

    static NnException augmentAmount(String kind, int amount, int most) {
        return new NnException(
                "NN0714", "`" + kind + "(" + amount + ")` is to be from 1 to " + most, "leave it out for no change");
    }

    static NnException augmentField(String kind, DataHeader header) {
        return new NnException(
                "NN0714",
                "`" + kind + "` changes images, and the data have none: no field has a height and a width",
                "the fields are " + listed(header.fields().stream().map(DataHeader.Field::toString).toList()));
    }

    static NnException splitAugmented(DataExpression of) {
        return new NnException(
                "NN0714",
                "`" + of + "` changes images at random, and what is cut off it to judge by would be changed, too",
                "divide first, and change what is learnt from: `data.train.flip()`");
    }

    static NnException splitOverlapping(DataExpression of) {
        return new NnException(
                "NN0714",
                "`" + of + "` has windows that overlap, so a split would put the same text into both parts",
                "use its parts `train` and `held_out`, or a `stride` of at least the window");
    }

    static NnException takeCount(long count) {
        return new NnException("NN0714", "`take(" + count + ")` leaves no examples", "");
    }

    static NnException standardizeField(String name, DataHeader header, String why) {
        return new NnException(
                "NN0714",
                "`" + name + "` cannot be standardised: " + why,
                "the fields are " + listed(header.fields().stream().map(DataHeader.Field::toString).toList()));
    }

    // NN0715 to NN0717

    static NnException countsDiffer(Path first, long firstCount, Path second, long secondCount) {
        return new NnException(
                "NN0715",
                "`" + first + "` has " + firstCount + " examples and `" + second + "` has " + secondCount,
                "every example needs one entry in each; are the two files of the same set?");
    }

    static NnException notUtf8(Path path, long line, long offset) {
        return new NnException(
                "NN0716",
                path + ":" + line + ": the byte at offset " + offset + " is not UTF-8",
                "convert the file, as with `iconv -f latin1 -t utf-8`");
    }

    static NnException strangeCharacter(Path path, long line, int character) {
        return strangeCharacter(path + ":" + line, character);
    }

    /// @param place in a file, with its line
    static NnException strangeCharacter(String place, int character) {
        return new NnException(
                "NN0716",
                place + ": the character `" + Character.toString(character) + "` ("
                        + String.format(Locale.ROOT, "U+%04X", character) + ") is not in the vocabulary",
                "the vocabulary holds the characters of the text that was learnt from");
    }

    static NnException strangeCharacter(int character) {
        return new NnException(
                "NN0716",
                "the character `" + Character.toString(character) + "` ("
                        + String.format(Locale.ROOT, "U+%04X", character) + ") is not in the vocabulary",
                "the vocabulary holds the characters of the text that was learnt from");
    }

    static NnException strangeWord(String word) {
        return new NnException(
                "NN0716",
                "the word " + shown(word) + " is not in the vocabulary",
                "the vocabulary holds the words of the texts that were learnt from");
    }

    static NnException smallVocabulary(Path path, int size, int characters) {
        return new NnException(
                "NN0716",
                "`vocabulary = " + size + "` is too small for `" + path + "`, which has " + characters
                        + " different characters",
                "every character is a piece, and a few hundred more should be left for pieces of several: "
                        + "`vocabulary = " + (characters + 1000) + "`");
    }

    static NnException shortText(Path path, String part, long length, String what, int window) {
        return new NnException(
                "NN0716",
                "`" + path + "` has " + length + " " + what + " in the part `" + part + "`, and a window of " + window
                        + " needs " + (window + 1L),
                "take a smaller window or a longer text");
    }

    static NnException tooLarge(Path path, String what) {
        return new NnException(
                "NN0717", "`" + path + "` is too large: " + what,
                "a dataset holds at most 2^31 - 1 elements per field");
    }

    // NN0718: predictions

    static NnException unwritable(Path path, IOException cause) {
        Refusal refusal = Refusal.toWrite(path, cause);
        return new NnException(
                "NN0718",
                "`" + path + "` cannot be written: " + refusal.reason(),
                refusal.wayOr("write it elsewhere"),
                cause);
    }

    static NnException unknownFormat(Path path) {
        return new NnException(
                "NN0718",
                "the name `" + path + "` does not tell in which format to write",
                "let it end with `.csv`, `.npy`, `.json` or `.png`");
    }

    static NnException oneArray(Collection<String> outputs) {
        return new NnException(
                "NN0718",
                "an npy file holds one array, and there are the outputs " + listed(outputs),
                "write CSV or JSON, or choose one output");
    }

    static NnException noArray(String output) {
        return new NnException(
                "NN0718",
                "an npy file holds one array of numbers, and `" + output
                        + "` is texts, or of another size for each example",
                "write CSV or JSON");
    }

    // NN0721: images

    static NnException noPng(Path path, String why) {
        return new NnException(
                "NN0721",
                "`" + path + "` is no PNG file: " + why,
                "convert it to PNG, or take it out of the folder");
    }

    static NnException damagedPng(Path path, String what) {
        return new NnException(
                "NN0721", "`" + path + "` is a damaged PNG file: " + what, "fetch or make it again, or take it out");
    }

    static NnException otherSize(Path path, int height, int width, Path first, int firstHeight, int firstWidth) {
        return new NnException(
                "NN0721",
                "`" + path + "` is " + height + " pixels high and " + width + " wide, and `" + first + "` "
                        + firstHeight
                        + " and " + firstWidth,
                "say to which size all are scaled: `size = [" + firstHeight + ", " + firstWidth + "]`");
    }

    static NnException notImages(String output) {
        return new NnException(
                "NN0718",
                "`" + output + "` has no images to draw",
                "a PNG shows one output [n, height, width] or [n, height, width, 3], with n from 1 on; floats are from 0"
                        + " to 1, whole numbers from 0 to 255");
    }

    // NN0730: data of the Java program

    static NnException notGiven(String name) {
        return new NnException(
                "NN0730",
                "nobody handed in data under the name `" + name + "`",
                "a Java program hands them in: `program.training(…).data(\"" + name
                        + "\", dataset)`; for `nn train` set the data to a file");
    }

    // Spelling

    private static String shown(String cell) {
        String flat = cell.replace("\n", "\\n").replace("\r", "\\r");
        return "`" + (flat.length() > 40 ? flat.substring(0, 40) + "…" : flat) + "`";
    }

    static String listed(Collection<String> names) {
        if (names.isEmpty()) {
            return "nothing";
        }
        var shown = new ArrayList<String>();
        for (String name : names) {
            if (shown.size() == 12) {
                return String.join(", ", shown) + ", … (" + names.size() + " in all)";
            }
            shown.add("`" + name + "`");
        }
        return String.join(", ", shown);
    }

    /// The name that was most likely meant, or the empty text.
    private static String nearest(String name, Collection<String> names) {
        return Nearest.of(name, names).orElse("");
    }
}
