package org.nnlang.cli;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nnlang.cli.Verdicts.Judgement;
import org.nnlang.cli.Verdicts.Sample;
import org.nnlang.cli.picture.Confusion;
import org.nnlang.cli.picture.Page;
import org.nnlang.cli.picture.Scatter;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.Png;
import org.nnlang.runtime.tensor.Tensor;

/// What a model answered: the confusion matrix of a classification with its worst mistakes, and otherwise answers beside what would have
/// been right.
final class AnswersSection {
    private static final int NUMBERS = 6;
    private static final int LEAST_SIDE = 4;
    private static final int MOST_SIDE = 256;

    private final @Nullable DataHeader header;

    /// @param loop whose examples they are
    AnswersSection(TrainingProgram.Loop loop) {
        header = loop.header();
    }

    String html(Verdicts verdicts) {
        var html = new StringBuilder();
        for (Judgement judgement : verdicts.judgements()) {
            html.append(judgement.classes() > 0 ? classes(judgement) : numbers(judgement));
        }
        if (html.isEmpty()) {
            return "";
        }
        String when = verdicts.step() > 0
                ? "Of the batch of step " + TextDisplay.count(verdicts.step()) + ", before it was learnt from."
                : "Of the validation after epoch " + verdicts.epoch() + ".";
        return "<h2>Answers</h2><p class=\"lead\">" + when + "</p>" + html;
    }

    private String classes(Judgement judgement) {
        List<String> names = names(judgement.classes());
        var html = new StringBuilder("<h3>").append(Page.escape(judgement.function()))
                .append("</h3><div class=\"wide\">").append(Confusion.of(names, judgement.counts())).append("</div>");
        if (!judgement.mistakes().isEmpty()) {
            html.append("<h3>The mistakes it was surest of</h3>").append(samples(judgement.mistakes(), names));
        }
        if (!judgement.examples().isEmpty()) {
            html.append("<details><summary>the first examples</summary>").append(samples(judgement.examples(), names))
                    .append("</details>");
        }
        return html.toString();
    }

    private static String samples(List<Sample> samples, List<String> names) {
        var html = new StringBuilder("<div class=\"samples\">");
        for (Sample sample : samples) {
            String truth = names.get(sample.truth().getInt(0));
            String answer = names.get(sample.answer().getInt(0));
            html.append("<div class=\"sample\">").append(inputs(sample.inputs()))
                    .append(answer.equals(truth)
                            ? Page.escape(answer)
                            : "<span class=\"no\">" + Page.escape(answer) + "</span>, is " + Page.escape(truth))
                    .append(String.format(Locale.ROOT, "<br><small>%.1f %% sure</small></div>",
                            100 * sample.certainty()));
        }
        return html.append("</div>").toString();
    }

    private static String numbers(Judgement judgement) {
        var html =
                new StringBuilder("<h3>").append(Page.escape(judgement.function())).append("</h3><div class=\"side\">");
        boolean pictures = !judgement.examples().isEmpty()
                && image(judgement.examples().getFirst().truth()).isPresent();
        if (!pictures) {
            html.append("<figure><figcaption>answer over truth</figcaption>").append(Scatter.of(judgement.pairs()))
                    .append("</figure>");
        }
        if (pictures) {
            html.append("<div class=\"samples\">");
            for (Sample sample : judgement.examples()) {
                html.append("<div class=\"sample\"><div class=\"two\">").append(image(sample.truth()).orElse(""))
                        .append(image(sample.answer()).orElse("")).append("</div>truth and answer</div>");
            }
            html.append("</div>");
        } else {
            html.append("<table><tr><th>input</th><th>truth</th><th>answer</th></tr>");
            for (Sample sample : judgement.examples()) {
                html.append("<tr><td>").append(inputs(sample.inputs())).append("</td><td><code>")
                        .append(numbers(sample.truth())).append("</code></td><td><code>")
                        .append(numbers(sample.answer())).append("</code></td></tr>");
            }
            html.append("</table>");
        }
        return html.append("</div>").toString();
    }

    /// A picture where an input is one, else its first numbers.
    private static String inputs(Map<String, Tensor> inputs) {
        Optional<String> image =
                inputs.values().stream().map(AnswersSection::image).flatMap(Optional::stream).findFirst();
        return image.orElseGet(() -> inputs.entrySet().stream()
                .map(input -> "<code>" + Page.escape(input.getKey()) + " " + numbers(input.getValue()) + "</code><br>")
                .collect(Collectors.joining()));
    }

    private static String numbers(Tensor tensor) {
        return IntStream.range(0, Math.min(NUMBERS, tensor.size()))
                .mapToObj(i -> number(tensor.get(i)))
                .collect(Collectors.joining(" "))
                + (tensor.size() > NUMBERS ? " …" : "");
    }

    private static String number(float value) {
        return value == Math.rint(value) && Math.abs(value) < 1e6
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    /// The names of classes, if a field of the data has so many.
    private List<String> names(int classes) {
        if (header != null) {
            for (DataHeader.Field field : header.fields()) {
                if (field.names().size() == classes) {
                    return field.names().stream().map(AnswersSection::visible).toList();
                }
            }
        }
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /// A name, or signs for blanks: a class may be a character.
    private static String visible(String name) {
        return name.isBlank()
                ? name.replace(' ', '␣').replace('\n', '⏎').replace('\t', '⇥').replace('\r', '␍')
                : name;
    }

    /// A tensor as a picture, from its least value to its greatest; empty where its shape is none of a picture.
    private static Optional<String> image(Tensor tensor) {
        int[] shape = tensor.shape();
        boolean planes = shape.length == 3 && (shape[2] == 1 || shape[2] == 3);
        if (!planes && shape.length != 2
                || Arrays.stream(shape, 0, 2).anyMatch(side -> side < LEAST_SIDE || side > MOST_SIDE)) {
            return Optional.empty();
        }
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        for (int i = 0; i < tensor.size(); i++) {
            least = Math.min(least, tensor.get(i));
            most = Math.max(most, tensor.get(i));
        }
        byte[] pixels = new byte[tensor.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(most > least ? 255 * (tensor.get(i) - least) / (most - least) : 0);
        }
        byte[] png = new Png(shape[1], shape[0], planes ? shape[2] : 1, pixels).encode();
        return Optional.of(
                "<img alt=\"\" src=\"data:image/png;base64," + Base64.getEncoder().encodeToString(png) + "\">");
    }
}
