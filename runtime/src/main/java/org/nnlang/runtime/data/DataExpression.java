package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;

/// A data pipeline as a value: what to read and what to do with it, without having touched a file. It prints as the
/// program spells it, and travels inside a compiled program as [#toJson()].
public sealed interface DataExpression {

    /// The name of the argument that stands first and without a name, in every reader that has one.
    String PATH = "path";

    /// The examples of a file or folder, by the reader of that name. Arguments are `String`, `Long`, `Double`,
    /// `Boolean` or a `List` of these; [DataReader#named] says which a reader takes.
    record Source(String reader, Map<String, Object> arguments) implements DataExpression {
        public Source {
            var copy = new LinkedHashMap<String, Object>();
            arguments.forEach((name, value) -> copy.put(name, argument(reader, name, value)));
            arguments = Collections.unmodifiableMap(copy);
        }

        /// The order counts, in which the arguments of a reader may name the fields.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Source that && reader.equals(that.reader)
                    && List.copyOf(arguments.entrySet()).equals(List.copyOf(that.arguments.entrySet()));
        }

        @Override
        public int hashCode() {
            return Objects.hash(reader, arguments);
        }

        @Override
        public String toString() {
            return reader
                    + arguments.entrySet().stream()
                            .map(a -> (a.getKey().equals(PATH) ? "" : a.getKey() + " = ") + literal(a.getValue()))
                            .collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /// A part that the source itself names: `train`, `test`, `held_out`.
    record Part(DataExpression of, String name) implements DataExpression {
        @Override
        public String toString() {
            return of + "." + name;
        }
    }

    /// Some of the parts into which a seeded random draw cuts examples. With `stratify`, the name of a label field, each
    /// class is cut in the same proportions; with `group`, the name of a field, examples in which it is the same stay
    /// together. The order of the file is kept.
    sealed interface Cut extends DataExpression {
        /// The examples that are cut.
        DataExpression of();

        long seed();

        @Nullable
        String stratify();

        @Nullable
        String group();

        /// This cut of other examples.
        Cut of(DataExpression other);

        /// What this cut leaves to learn from.
        Cut learnt();

        /// Where each part ends when `count` examples are cut; the last end is `count`.
        int[] ends(int count);

        /// The part of each example where examples of one group stay together.
        ///
        /// @param groups the number of each example's group, from 0 without gaps
        int[] grouped(int[] groups);

        /// Whether the examples of a part are among those that are meant.
        boolean has(int part);
    }

    /// One of the parts of a cut: part `i` holds the fraction `fractions[i]` of the examples, and the part after the last
    /// fraction the rest. Part 0 is the one to learn from.
    record Split(
            DataExpression of,
            List<Double> fractions,
            int part,
            long seed,
            @Nullable String stratify,
            @Nullable String group)
            implements Cut {
        public Split {
            fractions = List.copyOf(fractions);
            double sum = 0;
            for (double fraction : fractions) {
                if (!(fraction > 0 && fraction < 1)) {
                    throw DataErrors.splitFraction(fraction);
                }
                sum += fraction;
            }
            if (fractions.isEmpty() || sum > 1 + 1e-9) {
                throw DataErrors.splitSum(fractions);
            }
            if (part < 0 || part > fractions.size()) {
                throw new IllegalArgumentException("part " + part + " of " + (fractions.size() + 1));
            }
            if (stratify != null && group != null) {
                throw DataErrors.stratifyAndGroup("a split");
            }
        }

        public Split(DataExpression of, List<Double> fractions, int part, long seed, @Nullable String stratify) {
            this(of, fractions, part, seed, stratify, null);
        }

        @Override
        public Split of(DataExpression other) {
            return new Split(other, fractions, part, seed, stratify, group);
        }

        @Override
        public Split learnt() {
            return new Split(of, fractions, 0, seed, stratify, group);
        }

        @Override
        public int[] ends(int count) {
            return Division.ends(count, fractions);
        }

        @Override
        public int[] grouped(int[] groups) {
            return Division.grouped(groups, ends(groups.length), seed);
        }

        @Override
        public boolean has(int other) {
            return other == part;
        }

        /// The parts of a split into `fraction` of the examples and the rest.
        public static List<Split> inTwo(DataExpression of, double fraction, long seed, @Nullable String stratify) {
            return List.of(
                    new Split(of, List.of(fraction), 0, seed, stratify),
                    new Split(of, List.of(fraction), 1, seed, stratify));
        }

        @Override
        public String toString() {
            return of + ".split("
                    + fractions.stream().map(DataExpression::literal).collect(Collectors.joining(", "))
                    + chosen(this) + ")[" + part + "]";
        }
    }

    /// One side of a round of cross-validation (Stone, 1974, "Cross-validatory choice and assessment of statistical
    /// predictions"): of `folds` equal parts, part `fold` is held out, and the others are learnt from. So the parts that
    /// all rounds hold out are disjoint, and together they are all examples.
    ///
    /// @param held whether what is held out is meant, or what is learnt from
    record Fold(
            DataExpression of,
            long fold,
            long folds,
            boolean held,
            long seed,
            @Nullable String stratify,
            @Nullable String group)
            implements Cut {
        public Fold {
            if (folds < 2) {
                throw DataErrors.foldCount(folds);
            }
            if (fold < 0 || fold >= folds) {
                throw DataErrors.foldNumber(fold, folds);
            }
            if (stratify != null && group != null) {
                throw DataErrors.stratifyAndGroup("a fold");
            }
        }

        @Override
        public Fold of(DataExpression other) {
            return new Fold(other, fold, folds, held, seed, stratify, group);
        }

        @Override
        public Fold learnt() {
            return new Fold(of, fold, folds, false, seed, stratify, group);
        }

        @Override
        public int[] ends(int count) {
            if (count < folds) {
                throw DataErrors.fewerThanFolds(of, count, folds);
            }
            return Division.ends(count, (int) folds);
        }

        @Override
        public int[] grouped(int[] groups) {
            return Division.balanced(groups, Math.toIntExact(folds), seed);
        }

        @Override
        public boolean has(int part) {
            return held == (part == fold);
        }

        @Override
        public String toString() {
            return of + ".fold(" + fold + ", of = " + folds + chosen(this) + ")[" + (held ? 1 : 0) + "]";
        }
    }

    private static String chosen(Cut cut) {
        return (cut.stratify() == null ? "" : ", stratify = " + literal(cut.stratify()))
                + (cut.group() == null ? "" : ", group = " + literal(cut.group())) + ", seed = " + cut.seed();
    }

    /// The examples in an order drawn from the seed; as the last operation of a pipeline, in another one each epoch.
    record Shuffle(DataExpression of, long seed) implements DataExpression {
        @Override
        public String toString() {
            return of + ".shuffle(seed = " + seed + ")";
        }
    }

    /// What is done to the values of examples, whichever they are.
    sealed interface Treatment extends DataExpression {
        /// The examples to which it is done.
        DataExpression of();
    }

    /// Each element of the named fields (of all f32 fields that are no label or target, where none is named) minus its
    /// mean, divided by its standard deviation. Both are taken from what is learnt from, and never from what is held
    /// out: from `fitted`, or where that is absent from the *training counterpart* of the whole pipeline, in which every
    /// split's part is part 0 and the parts `test` and `held_out` are `train`.
    record Standardize(DataExpression of, List<String> fields, @Nullable DataExpression fitted) implements Treatment {
        public Standardize {
            fields = List.copyOf(fields);
        }

        @Override
        public String toString() {
            var arguments = new ArrayList<String>();
            if (!fields.isEmpty()) {
                arguments.add("fields = " + literal(fields));
            }
            if (fitted != null) {
                arguments.add("fitted = " + fitted);
            }
            return of + ".standardize(" + String.join(", ", arguments) + ")";
        }
    }

    /// The images of the examples changed at random, in each epoch anew.
    record Augment(DataExpression of, Augmentation change, long seed) implements Treatment {
        @Override
        public String toString() {
            String call = change.toString();
            String arguments = call.substring(0, call.length() - 1);
            return of + "." + arguments + (arguments.endsWith("(") ? "" : ", ") + "seed = " + seed + ")";
        }
    }

    /// The first `count` examples, or all of them where there are fewer.
    record Take(DataExpression of, long count) implements DataExpression {
        public Take {
            if (count < 1) {
                throw DataErrors.takeCount(count);
            }
        }

        @Override
        public String toString() {
            return of + ".take(" + count + ")";
        }
    }

    /// This pipeline as JSON; [#fromJson] gives an equal one back.
    default Json toJson() {
        var members = new LinkedHashMap<String, Object>();
        switch (this) {
            case Source(String reader, Map<String, Object> arguments) -> {
                members.put("reader", reader);
                members.put("arguments", arguments);
            }
            case Part(DataExpression of, String name) -> {
                members.put("part", name);
                members.put("of", of.toJson());
            }
            case Split(DataExpression of, List<Double> fractions, int part, long seed, String stratify, String group) -> {
                members.put("split", fractions);
                members.put("index", part);
                put(members, "stratify", stratify);
                put(members, "group", group);
                members.put("seed", seed);
                members.put("of", of.toJson());
            }
            case Fold(DataExpression of, long fold, long folds, boolean held, long seed, String stratify, String group) -> {
                members.put("fold", fold);
                members.put("folds", folds);
                members.put("held", held);
                put(members, "stratify", stratify);
                put(members, "group", group);
                members.put("seed", seed);
                members.put("of", of.toJson());
            }
            case Shuffle(DataExpression of, long seed) -> {
                members.put("shuffle", seed);
                members.put("of", of.toJson());
            }
            case Standardize(DataExpression of, List<String> fields, DataExpression fitted) -> {
                members.put("standardize", fields);
                if (fitted != null) {
                    members.put("fitted", fitted.toJson());
                }
                members.put("of", of.toJson());
            }
            case Augment(DataExpression of, Augmentation(Augmentation.Kind kind, int amount), long seed) -> {
                members.put("augment", kind.name());
                members.put("amount", amount);
                members.put("seed", seed);
                members.put("of", of.toJson());
            }
            case Take(DataExpression of, long count) -> {
                members.put("take", count);
                members.put("of", of.toJson());
            }
        }
        return Json.of(members);
    }

    /// The pipeline that [#toJson] wrote.
    ///
    /// @throws JsonException for JSON of another form
    static DataExpression fromJson(Json json) {
        if (json.has("reader")) {
            var arguments = new LinkedHashMap<String, Object>();
            json.get("arguments").members().forEach((name, value) -> arguments.put(name, value.plain()));
            return new Source(json.get("reader").text(), arguments);
        }
        DataExpression of = fromJson(json.get("of"));
        if (json.has("part")) {
            return new Part(of, json.get("part").text());
        } else if (json.has("split")) {
            return new Split(
                    of,
                    json.get("split").items().stream().map(Json::decimal).toList(),
                    json.get("index").integer(),
                    json.get("seed").whole(),
                    text(json, "stratify"),
                    text(json, "group"));
        } else if (json.has("fold")) {
            return new Fold(
                    of,
                    json.get("fold").whole(),
                    json.get("folds").whole(),
                    json.get("held").truth(),
                    json.get("seed").whole(),
                    text(json, "stratify"),
                    text(json, "group"));
        } else if (json.has("shuffle")) {
            return new Shuffle(of, json.get("shuffle").whole());
        } else if (json.has("standardize")) {
            return new Standardize(
                    of,
                    json.get("standardize").items().stream().map(Json::text).toList(),
                    json.has("fitted") ? fromJson(json.get("fitted")) : null);
        } else if (json.has("augment")) {
            return new Augment(of, augmentation(json), json.get("seed").whole());
        } else if (json.has("take")) {
            return new Take(of, json.get("take").whole());
        }
        throw new JsonException("a data pipeline is expected, not " + json);
    }

    private static void put(Map<String, Object> members, String name, @Nullable String text) {
        if (text != null) {
            members.put(name, text);
        }
    }

    private static @Nullable String text(Json json, String name) {
        return json.has(name) ? json.get(name).text() : null;
    }

    private static Augmentation augmentation(Json json) {
        String name = json.get("augment").text();
        for (Augmentation.Kind kind : Augmentation.Kind.values()) {
            if (kind.name().equals(name)) {
                return new Augmentation(kind, json.get("amount").integer());
            }
        }
        throw new JsonException("a change of images is expected, not " + json);
    }

    private static Object argument(String reader, String name, Object value) {
        return switch (value) {
            case String _, Long _, Double _, Boolean _ -> value;
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case List<?> list -> list.stream().map(item -> argument(reader, name, item)).toList();
            default -> throw DataErrors.argumentClass(reader, name, value);
        };
    }

    private static String literal(Object value) {
        return switch (value) {
            case String text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                    .replace("\t", "\\t") + "\"";
            case List<?> list -> list.stream().map(DataExpression::literal).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }
}
