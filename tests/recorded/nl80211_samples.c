/* Writes nl80211 answers as Linux lays them out, by the names of its own header; no radio was near.

   gcc nl80211_samples.c -o samples && ./samples 5-ghz > ../data/nl80211/5-ghz.json */

#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint8_t buffer[4096];
static size_t used;

static size_t begin(uint16_t type) {
    size_t start = used;
    struct nlattr head = {0, type};
    memcpy(buffer + used, &head, sizeof head);
    used += NLA_HDRLEN;
    return start;
}

static void end(size_t start) {
    uint16_t length = used - start;
    memcpy(buffer + start, &length, sizeof length);
    while (used % NLA_ALIGNTO) buffer[used++] = 0;
}

static void put(uint16_t type, const void *value, size_t length) {
    size_t start = begin(type);
    memcpy(buffer + used, value, length);
    used += length;
    end(start);
}

static void put_u8(uint16_t type, uint8_t value) { put(type, &value, 1); }
static void put_u16(uint16_t type, uint16_t value) { put(type, &value, 2); }
static void put_u32(uint16_t type, uint32_t value) { put(type, &value, 4); }
static void flag(uint16_t type) { put(type, "", 0); }

static int written;

static void list(const char *name) {
    printf("%s\"%s\": [", written++ ? "],\n " : "{", name);
    used = 0;
}

static void answer(void) {
    for (size_t i = 0; i < used; i++) printf("%s%02x", i ? "" : "\"", buffer[i]);
    printf("\"");
    used = 0;
}

static void interface(uint32_t type, const char *ssid, uint32_t frequency, uint32_t width) {
    put_u32(NL80211_ATTR_IFINDEX, 3);
    put(NL80211_ATTR_IFNAME, "wlan0", 6);
    put_u32(NL80211_ATTR_IFTYPE, type);
    put(NL80211_ATTR_MAC, "\x02\x00\x00\x00\x01\x00", 6);
    if (ssid) put(NL80211_ATTR_SSID, ssid, strlen(ssid));
    if (frequency) {
        put_u32(NL80211_ATTR_WIPHY_FREQ, frequency);
        put_u32(NL80211_ATTR_CHANNEL_WIDTH, width);
        put_u32(NL80211_ATTR_CENTER_FREQ1, frequency + 30);
    }
}

static void mlo_link(uint16_t id, uint32_t frequency, uint32_t width) {
    size_t link = begin(id + 1);
    put_u8(NL80211_ATTR_MLO_LINK_ID, id);
    put(NL80211_ATTR_MAC, "\x02\x00\x00\x00\x01\x01", 6);
    put_u32(NL80211_ATTR_WIPHY_FREQ, frequency);
    put_u32(NL80211_ATTR_CHANNEL_WIDTH, width);
    end(link);
}

static void rate(uint16_t type, uint32_t tenths, uint16_t mark, uint16_t width_flag) {
    size_t info = begin(type | NLA_F_NESTED);
    put_u32(NL80211_RATE_INFO_BITRATE32, tenths);
    if (tenths < 65536) put_u16(NL80211_RATE_INFO_BITRATE, tenths);
    if (mark) put_u8(mark, 7);
    if (width_flag) flag(width_flag);
    end(info);
}

static size_t open_info;

/* Leaves NL80211_ATTR_STA_INFO open, for rates. */
static void station(const char *mac, int8_t signal, int8_t average, uint32_t flags) {
    put_u32(NL80211_ATTR_IFINDEX, 3);
    put(NL80211_ATTR_MAC, mac, 6);
    open_info = begin(NL80211_ATTR_STA_INFO | NLA_F_NESTED);
    put_u32(NL80211_STA_INFO_INACTIVE_TIME, 12);
    if (signal) put_u8(NL80211_STA_INFO_SIGNAL, (uint8_t)signal);
    if (average) put_u8(NL80211_STA_INFO_SIGNAL_AVG, (uint8_t)average);
    struct nl80211_sta_flag_update update = {0xfe, flags};
    put(NL80211_STA_INFO_STA_FLAGS, &update, sizeof update);
}

static void survey(uint32_t frequency, int8_t noise, int in_use) {
    put_u32(NL80211_ATTR_IFINDEX, 3);
    size_t info = begin(NL80211_ATTR_SURVEY_INFO | NLA_F_NESTED);
    put_u32(NL80211_SURVEY_INFO_FREQUENCY, frequency);
    if (noise) put_u8(NL80211_SURVEY_INFO_NOISE, (uint8_t)noise);
    if (in_use) flag(NL80211_SURVEY_INFO_IN_USE);
    end(info);
}

static void network(const char *bssid, uint32_t frequency, const char *ssid, int32_t dbm, int associated) {
    uint8_t elements[300];
    size_t length = strlen(ssid);
    elements[0] = 0, elements[1] = length;
    memcpy(elements + 2, ssid, length);
    memcpy(elements + 2 + length, "\x01\x04\x82\x84\x8b\x96", 6);
    put_u32(NL80211_ATTR_IFINDEX, 3);
    size_t bss = begin(NL80211_ATTR_BSS | NLA_F_NESTED);
    put(NL80211_BSS_BSSID, bssid, 6);
    put_u32(NL80211_BSS_FREQUENCY, frequency);
    put_u16(NL80211_BSS_BEACON_INTERVAL, 100);
    put(NL80211_BSS_INFORMATION_ELEMENTS, elements, length + 8);
    if (dbm) put_u32(NL80211_BSS_SIGNAL_MBM, (uint32_t)(dbm * 100));
    put_u32(NL80211_BSS_SEEN_MS_AGO, 840);
    if (associated) put_u32(NL80211_BSS_STATUS, NL80211_BSS_STATUS_ASSOCIATED);
    end(bss);
}

#define AP "\x02\x00\x00\x00\x00\x05"
#define AUTHORIZED (1 << NL80211_STA_FLAG_AUTHORIZED)

int main(int count, char **words) {
    const char *which = count > 1 ? words[1] : "";
    list("interface");
    if (!strcmp(which, "5-ghz")) {
        interface(NL80211_IFTYPE_STATION, "Livebox-1A2B", 5500, NL80211_CHAN_WIDTH_80), answer();
        list("stations");
        station("\x02\x00\x00\x00\x00\x99", -30, -30, AUTHORIZED | 1 << NL80211_STA_FLAG_TDLS_PEER);
        end(open_info), answer(), printf(", ");
        station(AP, -58, -57, AUTHORIZED);
        rate(NL80211_STA_INFO_TX_BITRATE, 4333, NL80211_RATE_INFO_VHT_MCS, NL80211_RATE_INFO_80_MHZ_WIDTH);
        rate(NL80211_STA_INFO_RX_BITRATE, 3900, NL80211_RATE_INFO_VHT_MCS, NL80211_RATE_INFO_80_MHZ_WIDTH);
        end(open_info), answer();
        list("survey");
        survey(5180, -91, 0), answer(), printf(", "), survey(5500, -95, 1), answer();
        list("scan");
        network("\x02\x00\x00\x00\x00\x07", 2437, "Voisin", -80, 0), answer(), printf(", ");
        network(AP, 5500, "Livebox-1A2B", -57, 1), answer(), printf(", ");
        network("\x02\x00\x00\x00\x00\x06", 2437, "Livebox-1A2B", -49, 0), answer();
    } else if (!strcmp(which, "2-4-ghz")) {
        interface(NL80211_IFTYPE_STATION, "Livebox-1A2B", 2437, NL80211_CHAN_WIDTH_20), answer();
        list("stations");
        station(AP, -62, 0, AUTHORIZED);
        rate(NL80211_STA_INFO_TX_BITRATE, 722, NL80211_RATE_INFO_MCS, 0);
        end(open_info), answer();
        list("survey"), list("scan");
        network(AP, 2437, "Livebox-1A2B", -62, 1), answer(), printf(", ");
        network("\x02\x00\x00\x00\x00\x08", 5180, "Livebox-1A2B-5G", -55, 0), answer(), printf(", ");
        network("\x02\x00\x00\x00\x00\x09", 5200, "Livebox-1A2B", -66, 0), answer(), printf(", ");
        network("\x02\x00\x00\x00\x00\x0a", 5200, "Livebox-1A2B", -88, 0), answer();
    } else if (!strcmp(which, "wifi-7")) {
        interface(NL80211_IFTYPE_STATION, "Mairie", 0, 0);
        size_t links = begin(NL80211_ATTR_MLO_LINKS | NLA_F_NESTED);
        mlo_link(0, 2437, NL80211_CHAN_WIDTH_20), mlo_link(1, 6215, NL80211_CHAN_WIDTH_160);
        end(links), answer();
        list("stations");
        station(AP, -64, -63, AUTHORIZED);
        rate(NL80211_STA_INFO_TX_BITRATE, 14411, NL80211_RATE_INFO_EHT_MCS, NL80211_RATE_INFO_160_MHZ_WIDTH);
        rate(NL80211_STA_INFO_RX_BITRATE, 240, 0, 0);
        end(open_info), answer();
        list("survey"), list("scan");
    } else if (!strcmp(which, "legacy")) {
        interface(NL80211_IFTYPE_STATION, NULL, 2412, NL80211_CHAN_WIDTH_20_NOHT), answer();
        list("stations");
        station(AP, 0, 0, AUTHORIZED);
        rate(NL80211_STA_INFO_TX_BITRATE, 540, 0, 0);
        end(open_info), answer();
        list("survey"), list("scan");
        network(AP, 2412, "\x1b[2J<b>[red]\xff", -71, 1), answer();
    } else if (!strcmp(which, "hotspot")) {
        interface(NL80211_IFTYPE_AP, "Mairie", 2437, NL80211_CHAN_WIDTH_20), answer();
        list("stations"), list("survey"), list("scan");
    } else {
        interface(NL80211_IFTYPE_STATION, NULL, 0, 0), answer();
        list("stations"), list("survey"), list("scan");
    }
    printf("]}\n");
    return 0;
}
