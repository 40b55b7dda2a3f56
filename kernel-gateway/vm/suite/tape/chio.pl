#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Asks Linux' changer driver (linux/chio.h): chio.pl DEVICE params | init | status TYPE | move TYPE N TYPE N. Elements count from 1.
use strict;
use warnings;

my ( $device, $verb, @words ) = @ARGV;
my %type = ( picker => 0, slot => 1, portal => 2, drive => 3 );
open my $changer, '+<', $device or die "open $device: $!\n";

# A request of <asm-generic/ioctl.h>: direction (1 to the kernel, 2 from it), size, group c, number.
sub request { my ( $direction, $size, $number ) = @_; return $direction << 30 | $size << 16 | ord('c') << 8 | $number }

sub ask {
    my ( $what, $request ) = @_;
    ioctl $changer, $request, $_[2] // 0 or die "$what: $!\n";
}

sub counts {
    my $counts = pack 'i5', (0) x 5;
    ask( 'CHIOGPARAMS', request( 2, 20, 6 ), $counts );
    my ( undef, @counts ) = unpack 'i5', $counts;
    return @counts;
}

if ( $verb eq 'params' ) {
    printf "%d picker, %d slots, %d portals, %d drives\n", counts();
} elsif ( $verb eq 'init' ) {
    ask( 'CHIOINITELEM', request( 0, 0, 17 ) );
} elsif ( $verb eq 'move' ) {
    my ( $from, $n, $to, $m ) = @words;
    my $move = pack 'i4I', $type{$from}, $n - 1, $type{$to}, $m - 1, 0;
    ask( 'CHIOMOVE', request( 1, 20, 1 ), $move );
} elsif ( $verb eq 'status' ) {
    my $of    = $type{ $words[0] };
    my $count = ( counts() )[$of];
    for my $n ( 0 .. $count - 1 ) {

        # CHIOGELEM: type, unit; status, errno, source type and unit, drive's id and LUN; primary and alternate volume tag; flags.
        my $element = pack 'i2 I i3 i2 a36 a36 i', $of, $n, (0) x 6, '', '', 0;
        ask( 'CHIOGELEM', request( 1, length $element, 16 ), $element );
        my ( $status, $tag ) = ( unpack 'i2 I i3 i2 a36 a36 i', $element )[ 2, 8 ];
        $tag =~ s/[\0 ].*//s;
        printf "%s %d: %s\n", $words[0], $n + 1, $status & 1 ? "full, $tag" : 'empty';
    }
} else {
    die "usage: chio.pl DEVICE params | init | status TYPE | move TYPE N TYPE N\n";
}
