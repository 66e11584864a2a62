package io.github.mdetr.examples.synthetic.scene;

/** How two objects stand to each other, as the viewer sees it. Objects are placed so that none of it is a close call. */
public enum Relation {
    /** Its centre appears further left. */
    LEFT,
    /** Its centre appears further right. */
    RIGHT,
    /** It stands nearer to the viewer. */
    FRONT,
    /** It stands further away from the viewer. */
    BEHIND;

    /** Whether the first stands in this relation to the second. */
    boolean holds(Camera camera, SceneObject first, SceneObject second) {
        return switch (this) {
            case LEFT -> imageX(camera, first.solid()) < imageX(camera, second.solid());
            case RIGHT -> imageX(camera, first.solid()) > imageX(camera, second.solid());
            case FRONT -> first.z() < second.z();
            case BEHIND -> first.z() > second.z();
        };
    }

    /** Where the centre of a body appears, in pixels from the left edge. */
    static double imageX(Camera camera, Solid solid) {
        return camera.projectX(solid.x(), 0.5 * solid.height(), solid.z());
    }
}
