package com.example;

import org.nnlang.runtime.tensor.Tensor;

/// Asks the model.
public final class Florist {
    private static final String[] SPECIES = {"setosa", "versicolor", "virginica"};

    private final Iris iris = Iris.load();

    /// The species of a flower of these sizes in centimetres.
    public String species(float sepalLength, float sepalWidth, float petalLength, float petalWidth) {
        Tensor logits = iris.predict(Iris.features(sepalLength, sepalWidth, petalLength, petalWidth));
        int best = 0;
        for (int species = 1; species < SPECIES.length; species++) {
            best = logits.get(species) > logits.get(best) ? species : best;
        }
        return SPECIES[best];
    }

    public static void main(String[] arguments) {
        System.out.println(new Florist().species(5.1f, 3.5f, 1.4f, 0.2f));
    }
}
