package io.github.mdetr.examples.demo;

import io.github.mdetr.examples.synthetic.Score;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.nn.pipeline.Detection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A caption, what was found for it, and whether that is right.
 *
 * @param caption the caption, with the truth
 * @param confident detections of a high score, best first
 * @param answers the boxes that are held against the truth
 */
public record GroundedCaption(Caption caption, List<Detection> confident, List<Answer> answers) {
    /**
     * A box that was taken for an object of a mention.
     *
     * @param mention the words that name it
     * @param detection the box
     * @param isRight whether an object that the words name, and no other answer, is there
     */
    public record Answer(Mention mention, Detection detection, boolean isRight) {}

    /** Copies the lists. */
    public GroundedCaption {
        confident = List.copyOf(confident);
        answers = List.copyOf(answers);
    }

    /** How many of the objects asked for were found. */
    public Score score() {
        Score score = Score.NONE;
        for (Answer a : answers) {
            score = score.plus(a.isRight());
        }
        return score;
    }

    /** The detections of a high score and those that are an answer, best first. */
    public List<Detection> shown() {
        List<Detection> shown = new ArrayList<>(confident);
        for (Answer a : answers) {
            if (!shown.contains(a.detection())) {
                shown.add(a.detection());
            }
        }
        shown.sort(Comparator.comparingDouble(Detection::score).reversed());
        return shown;
    }
}
