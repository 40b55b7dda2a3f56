// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.appliance.config.ApplianceConfig;
import io.sluice.appliance.config.ApplianceConfig.AccessState;
import io.sluice.appliance.config.ApplianceConfig.Chap;
import io.sluice.appliance.config.ApplianceConfig.Credentials;
import io.sluice.appliance.config.ApplianceConfig.Gateway;
import io.sluice.appliance.config.ApplianceConfig.Group;
import io.sluice.appliance.config.ApplianceConfig.Lun;
import io.sluice.appliance.config.ApplianceConfig.Supervision;
import io.sluice.appliance.config.ApplianceConfig.Target;
import io.sluice.appliance.config.GatewayKind;
import io.sluice.appliance.config.PortalAddress;
import io.sluice.runtime.ControlClient.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatewayChangeTest {
    private static final Lun DISK = new Lun(0, "disk", false);
    private static final Chap ONE_WAY = new Chap(Optional.of(new Credentials("i", "secret")), Optional.empty());
    private static final Chap BOTH_WAYS =
            new Chap(Optional.of(new Credentials("i", "secret")), Optional.of(new Credentials("m", "other")));

    private final RecordingPlane plane = new RecordingPlane();

    private static ApplianceConfig config(List<AccessState> states, Target... targets) {
        Gateway gateway = new Gateway(
                GatewayKind.DAEMON,
                List.of(new PortalAddress("127.0.0.1", 0)),
                1,
                "auto",
                "auto",
                "info",
                1,
                64,
                1 << 24,
                4,
                Duration.ofSeconds(30),
                ApplianceConfig.Limits.DEFAULT);
        return new ApplianceConfig(
                Path.of("x.toml"),
                gateway,
                new Supervision(Duration.ZERO),
                Optional.empty(),
                Chap.NONE,
                List.of(),
                List.of(),
                List.of(targets),
                states);
    }

    private static Target target(Chap chap, List<String> allow, List<Lun> luns, Group... groups) {
        return new Target("t", "", chap, allow, luns, List.of(groups));
    }

    private List<String> change(Target from, Target to) throws IOException {
        GatewayChange.apply(plane, config(List.of(), from), config(List.of(), to));
        return plane.calls;
    }

    @Test
    void shouldTouchNothingThatStays() throws IOException {
        Target same = target(BOTH_WAYS, List.of("a"), List.of(DISK), new Group("g", List.of("b"), List.of(DISK)));
        ApplianceConfig config = config(List.of(new AccessState(2, Access.STANDBY, Optional.empty(), false)), same);
        assertThat(GatewayChange.apply(plane, config, config)).isEmpty();
        assertThat(plane.calls).isEmpty();
    }

    @Test
    void shouldUnmapWhatGoesBeforeItMapsWhatComes() throws IOException {
        Target from = target(Chap.NONE, List.of(), List.of(DISK, new Lun(1, "a", false), new Lun(2, "b", false)));
        Target to = target(Chap.NONE, List.of(), List.of(DISK, new Lun(1, "c", false), new Lun(2, "b", true)));
        assertThat(change(from, to))
                .containsExactly("no lun default 1", "lun default 1 c", "lun default 2 b read-only");
    }

    @Test
    void shouldLetInBeforeItLocksOut() throws IOException {
        Target open = target(Chap.NONE, List.of(), List.of(DISK));
        Target listed = target(Chap.NONE, List.of("a", "b"), List.of(DISK));
        Target other = target(Chap.NONE, List.of("b", "c"), List.of(DISK));
        assertThat(change(open, listed)).containsExactly("initiator default a", "initiator default b", "deny");
        plane.calls.clear();
        assertThat(change(listed, other)).containsExactly("initiator default c", "no initiator default a");
        plane.calls.clear();
        assertThat(change(other, open)).containsExactly("admit", "no initiator default b", "no initiator default c");
    }

    @Test
    void shouldNeverLeaveAMomentWithoutCredentials() throws IOException {
        Target plain = target(Chap.NONE, List.of(), List.of(DISK));
        Target one = target(ONE_WAY, List.of(), List.of(DISK));
        Target both = target(BOTH_WAYS, List.of(), List.of(DISK));
        assertThat(change(one, both)).containsExactly("chap t i", "mutual t m");
        plane.calls.clear();
        assertThat(change(both, one)).containsExactly("no mutual t", "chap t i");
        plane.calls.clear();
        assertThat(change(both, plain)).containsExactly("no mutual t", "no chap t");
    }

    @Test
    void shouldLogThisMachineInAtTheModuleWhenTargetsHaveChanged() throws IOException {
        Target closed = target(Chap.NONE, List.of("a"), List.of(DISK));
        Target open = target(Chap.NONE, List.of("a", "local"), List.of(DISK));
        GatewayChange.apply(
                plane,
                config(List.of(), closed).withKind(GatewayKind.MODULE),
                config(List.of(), open).withKind(GatewayKind.MODULE));
        assertThat(plane.calls).containsExactly("initiator default local", "log in to t");
    }

    @Test
    void shouldKeepTheOrderOfGroups() throws IOException {
        Group a = new Group("a", List.of("1"), List.of());
        Group b = new Group("b", List.of("2"), List.of());
        Group changed = new Group("a", List.of("3"), List.of(DISK));
        Target two = target(Chap.NONE, List.of(), List.of(), a, b);
        assertThat(change(two, target(Chap.NONE, List.of(), List.of(), changed, b)))
                .containsExactly("lun a 0 disk", "initiator a 3", "no initiator a 1");
        plane.calls.clear();
        assertThat(change(two, target(Chap.NONE, List.of(), List.of(), b))).containsExactly("no group a");
        plane.calls.clear();
        assertThat(change(two, target(Chap.NONE, List.of(), List.of(), b, a)))
                .containsExactly("no group a", "group a", "initiator a 1");
    }

    @Test
    void shouldAddAndRemoveTargetsAndAccessStates() throws IOException {
        Target a = new Target("a", "", Chap.NONE, List.of(), List.of(DISK), List.of());
        Target b = new Target("b", "", Chap.NONE, List.of(), List.of(), List.of());
        AccessState standby = new AccessState(2, Access.STANDBY, Optional.empty(), false);
        AccessState own = new AccessState(2, Access.UNAVAILABLE, Optional.of("disk"), true);
        GatewayChange.apply(plane, config(List.of(standby), a), config(List.of(own), b));
        assertThat(plane.calls)
                .containsExactly(
                        "access * 2 ACTIVE_OPTIMIZED",
                        "access disk 2 UNAVAILABLE preferred",
                        "no target a",
                        "target b ");
    }
}
