package org.nnlang.runtime.data;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataExpression.Augment;
import org.nnlang.runtime.data.DataExpression.Cut;
import org.nnlang.runtime.data.DataExpression.Fold;
import org.nnlang.runtime.data.DataExpression.Part;
import org.nnlang.runtime.data.DataExpression.Shuffle;
import org.nnlang.runtime.data.DataExpression.Source;
import org.nnlang.runtime.data.DataExpression.Standardize;
import org.nnlang.runtime.data.DataExpression.Take;
import org.nnlang.runtime.data.DataExpression.Treatment;
import org.nnlang.runtime.tensor.DType;

/// An expression in normal form: which examples, in which order, and then what is done to their values. Since no
/// operation chooses examples by the values of an f32 field, `data.standardize().split(0.8)` and
/// `data.split(0.8).standardize()` mean the same, and what is fitted never sees a held-out example.
///
/// @param selection the expression without its treatments
/// @param treatments these, innermost first
record Pipeline(DataExpression selection, List<Treatment> treatments) {

    static Pipeline of(DataExpression expression) {
        var treatments = new ArrayList<Treatment>();
        DataExpression selection = strip(expression, treatments);
        return new Pipeline(withPartAtSource(selection, null), treatments);
    }

    private static DataExpression strip(DataExpression expression, List<Treatment> treatments) {
        return switch (expression) {
            case Source source -> source;
            case Part(DataExpression of, String name) -> new Part(divided(of, treatments), name);
            case Cut cut -> cut.of(divided(cut.of(), treatments));
            case Shuffle(DataExpression of, long seed) -> new Shuffle(strip(of, treatments), seed);
            case Take(DataExpression of, long count) -> new Take(strip(of, treatments), count);
            case Treatment treatment -> {
                DataExpression inner = strip(treatment.of(), treatments);
                treatments.add(treatment);
                yield inner;
            }
        };
    }

    /// What is cut into parts must not be changed at random, or what judges the model would be.
    private static DataExpression divided(DataExpression of, List<Treatment> treatments) {
        DataExpression selection = strip(of, treatments);
        if (treatments.stream().anyMatch(Augment.class::isInstance)) {
            throw DataErrors.splitAugmented(of);
        }
        return selection;
    }

    /// A source's part is taken first, whatever is done to it.
    private static DataExpression withPartAtSource(DataExpression expression, @Nullable String part) {
        return switch (expression) {
            case Source source -> part == null ? source : new Part(source, part);
            case Part(DataExpression of, String name) -> {
                if (part != null) {
                    throw DataErrors.partOfPart(expression, part);
                }
                yield withPartAtSource(of, name);
            }
            case Cut cut -> cut.of(withPartAtSource(cut.of(), part));
            case Shuffle(DataExpression of, long seed) -> new Shuffle(withPartAtSource(of, part), seed);
            case Take(DataExpression of, long count) -> new Take(withPartAtSource(of, part), count);
            case Treatment treatment -> throw new IllegalStateException("left in: " + treatment);
        };
    }

    /// The examples to learn from where `selection` are those to learn from or to hold out: what every cut learns from, and
    /// `train` where the source has it. A `take` or `shuffle` behind the last split or part chooses among them later.
    private static DataExpression counterpart(DataExpression selection, boolean outermost) {
        return switch (selection) {
            case Source source -> source;
            case Part(DataExpression of, String name) ->
                new Part(of, name.equals("test") || name.equals("held_out") ? "train" : name);
            case Cut cut -> cut.of(counterpart(cut.of(), false)).learnt();
            case Shuffle(DataExpression of, long seed) ->
                outermost && divides(of) ? counterpart(of, true) : new Shuffle(counterpart(of, outermost), seed);
            case Take(DataExpression of, long count) ->
                outermost && divides(of) ? counterpart(of, true) : new Take(counterpart(of, outermost), count);
            case Treatment treatment -> throw new IllegalStateException("left in: " + treatment);
        };
    }

    private static boolean divides(DataExpression expression) {
        return switch (expression) {
            case Source _ -> false;
            case Part _, Cut _ -> true;
            case Shuffle(DataExpression of, long _) -> divides(of);
            case Take(DataExpression of, long _) -> divides(of);
            case Treatment treatment -> divides(treatment.of());
        };
    }

    private Source source() {
        DataExpression at = selection;
        while (true) {
            switch (at) {
                case Source source -> {
                    return source;
                }
                case Part(DataExpression of, String _) -> at = of;
                case Cut cut -> at = cut.of();
                case Shuffle(DataExpression of, long _) -> at = of;
                case Take(DataExpression of, long _) -> at = of;
                case Treatment treatment -> at = treatment.of();
            }
        }
    }

    DataHeader header(DataSources sources) {
        DataHeader header = header(selection, sources);
        for (Treatment treatment : treatments) {
            switch (treatment) {
                case Standardize step -> {
                    List<String> fields = fields(step, header);
                    header = header.withFields(header.fields().stream()
                            .map(field -> fields.contains(field.name()) ? field.withType(DType.F32) : field)
                            .toList());
                }
                case Augment step -> image(step, header);
            }
        }
        return header;
    }

    private static DataHeader header(DataExpression selection, DataSources sources) {
        return switch (selection) {
            case Source source -> sources.examples(source).header();
            case Part(DataExpression of, String name) -> {
                Examples examples = sources.examples((Source) of);
                DataHeader header = examples.header();
                if (!header.parts().contains(name)) {
                    throw DataErrors.noPart(name, of, header.parts());
                }
                yield header.withCount(examples.count(name)).withoutParts();
            }
            case Cut cut -> {
                DataHeader header = header(cut.of(), sources);
                whole(cut.of(), header);
                if (group(cut, sources) != null) {
                    // How many examples a part has depends on the groups.
                    yield view(cut, sources).header();
                }
                int[] ends = cut.ends(header.count());
                int count = 0;
                for (int part = 0; part < ends.length; part++) {
                    count += cut.has(part) ? ends[part] - (part == 0 ? 0 : ends[part - 1]) : 0;
                }
                yield counted(selection, header.withCount(count));
            }
            case Shuffle(DataExpression of, long _) -> header(of, sources);
            case Take(DataExpression of, long count) -> {
                DataHeader header = header(of, sources);
                yield header.withCount((int) Math.min(header.count(), count));
            }
            case Treatment treatment -> throw new IllegalStateException("left in: " + treatment);
        };
    }

    Dataset open(DataSources sources) {
        View view = view(selection, sources);
        View learnt = null;
        for (String name : sources.examples(source()).filled()) {
            if (learnt == null) {
                learnt = view(counterpart(selection, true), sources);
            }
            Fitted fitted = Fitting.means(learnt, name);
            learnt = learnt.treated(fitted);
            view = view.treated(fitted);
        }
        int place = 0;
        for (Treatment treatment : treatments) {
            switch (treatment) {
                case Standardize step -> {
                    DataExpression chosen = step.fitted();
                    if (learnt == null) {
                        learnt = view(counterpart(selection, true), sources);
                    }
                    Dataset from = chosen == null ? learnt : sources.open(chosen);
                    for (String name : fields(step, view.header())) {
                        Fitted fitted = Fitting.meansAndDeviations(from, name);
                        learnt = learnt.treated(fitted);
                        view = view.treated(fitted);
                    }
                }
                case Augment step ->
                    view = view.augmented(image(step, view.header()), step.change(), step.seed(), ++place);
            }
        }
        return view;
    }

    /// Which field holds the images: the first one with a height and a width.
    private static int image(Augment step, DataHeader header) {
        for (int i = 0; i < header.fields().size(); i++) {
            DataHeader.Field field = header.fields().get(i);
            if ((field.shape().size() == 2 || field.shape().size() == 3) && header.free().isEmpty()) {
                return i;
            }
        }
        throw DataErrors.augmentField(step.change().toString(), header);
    }

    private static View view(DataExpression selection, DataSources sources) {
        return switch (selection) {
            case Source source -> {
                Examples examples = sources.examples(source);
                whole(source, examples.header());
                yield View.all(examples.header(), examples.table(null));
            }
            case Part(DataExpression of, String name) -> {
                DataHeader header = header(selection, sources);
                yield View.all(header, sources.examples((Source) of).table(name));
            }
            case Cut cut -> cut(cut, view(cut.of(), sources), sources);
            case Shuffle(DataExpression of, long seed) -> {
                View view = view(of, sources);
                yield new View(view.header(), view.table(), view.rows(), seed, view.fitted());
            }
            case Take(DataExpression of, long count) -> {
                View view = ordered(view(of, sources));
                int taken = (int) Math.min(count, view.count());
                int[] places = new int[taken];
                Arrays.setAll(places, i -> i);
                yield view.select(places, null);
            }
            case Treatment treatment -> throw new IllegalStateException("left in: " + treatment);
        };
    }

    /// A shuffle that other operations follow happens once.
    private static View ordered(View view) {
        Long seed = view.shuffleSeed();
        return seed == null ? view : view.select(Permutation.of(view.count(), seed, Permutation.FIXED), null);
    }

    private static View cut(Cut cut, View shuffled, DataSources sources) {
        View view = ordered(shuffled);
        if (sources.examples(new Pipeline(cut, List.of()).source()).overlapping()) {
            throw DataErrors.splitOverlapping(cut.of());
        }
        int[] ends = cut.ends(view.count());
        String stratify = cut.stratify();
        int[] parts;
        String group = group(cut, sources);
        if (group != null) {
            parts = cut.grouped(groups(view, group));
        } else if (stratify == null) {
            parts = Division.parts(view.count(), ends, cut.seed());
        } else {
            DataHeader.Field field = view.header().field(stratify);
            if (field == null || field.type() == DType.F32 || field.size() != 1) {
                throw DataErrors.stratifyField(stratify, view.header());
            }
            int index = view.header().indexOf(stratify);
            int[] labels = new int[view.count()];
            for (int i = 0; i < labels.length; i++) {
                view.read(i, index, labels, i);
            }
            parts = Division.stratified(labels, ends, cut.seed());
        }
        View part = view.select(Division.places(parts, cut::has), null);
        counted(cut, part.header());
        return part;
    }

    /// The field whose equal contents stay together in a cut, or null.
    private static @Nullable String group(Cut cut, DataSources sources) {
        return cut.group() != null || cut.stratify() != null
                ? cut.group()
                : sources.examples(new Pipeline(cut, List.of()).source()).grouped();
    }

    /// For each example the number of its group; groups are numbered in the order in which they come.
    private static int[] groups(View view, String name) {
        DataHeader.Field field = view.header().field(name);
        if (field == null || field.type() == DType.F32) {
            throw DataErrors.groupField(name, view.header());
        }
        int index = view.header().indexOf(name);
        int[] groups = new int[view.count()];
        var known = new HashMap<IntBuffer, Integer>();
        for (int example = 0; example < groups.length; example++) {
            int[] contents = new int[field.free().isEmpty() ? field.size() : view.length(example, index)];
            view.read(example, index, contents.length, 0, contents, 0);
            groups[example] = known.computeIfAbsent(IntBuffer.wrap(contents), _ -> known.size());
        }
        return groups;
    }

    private static DataHeader counted(DataExpression of, DataHeader header) {
        if (header.count() == 0) {
            throw DataErrors.noExamples(
                    "`" + of + "`", of instanceof Fold
                            ? "take fewer folds, or more data"
                            : "take another fraction, or more data");
        }
        return header;
    }

    private static void whole(DataExpression of, DataHeader header) {
        if (!header.parts().isEmpty()) {
            throw DataErrors.whichPart(of, header.parts());
        }
    }

    private static List<String> fields(Standardize step, DataHeader header) {
        if (step.fields().isEmpty()) {
            List<String> chosen = header.fields().stream()
                    .filter(field -> field.type() == DType.F32
                            && !field.name().equals("label")
                            && !field.name().equals("target")
                            && !field.name().equals("y"))
                    .map(DataHeader.Field::name)
                    .toList();
            if (chosen.isEmpty()) {
                throw DataErrors.standardizeField(
                        "standardize()", header, "there is no field of f32; name one, as in `fields = [\"image\"]`");
            }
            return chosen;
        }
        for (String name : step.fields()) {
            DataHeader.Field field = header.field(name);
            if (field == null) {
                throw DataErrors.standardizeField(name, header, "there is no such field");
            }
            if (!field.names().isEmpty()) {
                throw DataErrors.standardizeField(name, header, "it holds classes");
            }
        }
        return step.fields();
    }
}
