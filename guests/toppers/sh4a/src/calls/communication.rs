//! Data queues, mailboxes, memory pools.

use super::{plain, receiving, waiting};

plain! {
    psnd_dtq(id: i32, data: usize);
    ipsnd_dtq(id: i32, data: usize);
    fsnd_dtq(id: i32, data: usize);
    ifsnd_dtq(id: i32, data: usize);
    snd_mbx(id: i32, message: usize);
    rel_mpf(id: i32, block: usize);
}

waiting! {
    snd_dtq(id: i32, data: usize);
    tsnd_dtq(id: i32, data: usize, tmo: i32);
}

receiving! {
    rcv_dtq(id; usize);
    prcv_dtq(id; usize);
    trcv_dtq(id; usize; tmo);
    rcv_mbx(id; usize);
    prcv_mbx(id; usize);
    trcv_mbx(id; usize; tmo);
    get_mpf(id; usize);
    pget_mpf(id; usize);
    tget_mpf(id; usize; tmo);
}
